import { expect, it } from 'vitest';
import { operatorById } from '../../operators/index.ts';
import { siteAt } from '../../store/costs.ts';
import { testModel } from '../../store/testing.ts';
import { common, commonFields } from './commonFields.ts';

const site = siteAt(testModel.config, 'blocks.0.attn');
const placed = (...ids: string[]) => ids.map((id) => ({ operator: operatorById(id), site }));

it('shows what all selected operators have, with the narrowest limits', () => {
  const names = (...ids: string[]) => commonFields(placed(...ids)).map(({ field }) => field.name);
  expect(names('swa')).toEqual(['window', 'shape']);
  expect(names('hyena_x', 'hyena_se')).toEqual(['taps']);
  expect(names('hyena_x', 'swa')).toEqual([]);
  // Both count taps; Mamba-2's filter is at most 16 long, Hyena's as long as the sequence.
  const [taps] = commonFields(placed('hyena_x', 'mamba2'));
  expect(taps).toMatchObject({ min: 1, max: 16 });
  expect(commonFields([])).toEqual([]);
});

it('knows a value only where all agree', () => {
  expect(common([4, 4])).toBe(4);
  expect(common([4, 8])).toBeNull();
  expect(common([4, undefined])).toBeNull();
  expect(common([])).toBeNull();
});
