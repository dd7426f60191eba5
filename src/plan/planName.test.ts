import { describe, expect, it } from 'vitest';
import { replaceOperator } from './edits.ts';
import { emptyPlan } from './plan.ts';
import { planName } from './planName.ts';

const empty = emptyPlan('dit-test');
const window = { operator: 'swa', config: { window: 4, shape: 'raster' } };
const hyena = { operator: 'hyena_x', config: { taps: 4 } };

describe('planName', () => {
  it('names what is grafted, most slots first', () => {
    expect(planName(empty)).toBe('Pretrained');
    const one = replaceOperator(empty, ['blocks.5.mlp'], { operator: 'mlp', config: { ratio: 3 } });
    expect(planName(one)).toBe('MLP 3× at 5');
    const three = replaceOperator(one, ['blocks.1.attn', 'blocks.3.attn', 'blocks.5.attn'], window);
    expect(planName(three)).toBe('3 × Sliding window, MLP 3× at 5');
  });

  it('counts groups beyond the third', () => {
    let plan = replaceOperator(empty, ['blocks.0.attn', 'blocks.1.attn'], hyena);
    plan = replaceOperator(plan, ['blocks.2.attn'], window);
    for (const [block, ratio] of [2, 3, 6].entries()) {
      plan = replaceOperator(plan, [`blocks.${block}.mlp`], { operator: 'mlp', config: { ratio } });
    }
    expect(planName(plan)).toBe('2 × Hyena-X, MLP 2× at 0, MLP 3× at 1, 2 more');
  });

  it('shows an operator that it does not know by its id', () => {
    expect(planName(replaceOperator(empty, ['blocks.0.mlp'], { operator: 'new', config: {} }))).toBe(
      'new at 0',
    );
  });
});
