import { beforeEach, describe, expect, it } from 'vitest';
import { setSeed } from '../plan/edits.ts';
import { samplePlan } from '../plan/testing.ts';
import { planToFragment } from '../plan/url.ts';
import { currentPlan, startDocument, undoEdit } from './documentStore.ts';
import { fileAddressIn, openLink, planFragmentIn } from './openLink.ts';
import { startOfSession, useSession } from './sessionStore.ts';
import { testModel } from './testing.ts';
import { useView } from './viewStore.ts';

const plan = { ...samplePlan, base: testModel.id };
beforeEach(() => {
  useSession.setState({ ...startOfSession, opening: { state: 'ready', model: testModel } });
  useView.setState({ toast: null });
  startDocument(plan, 'start');
});

describe('openLink', () => {
  it('opens the plan of a link as one entry, whatever stands around it', () => {
    const other = setSeed(plan, 9);
    openLink(`Look at this: https://example.org/scion/#${planToFragment(other)} !`);
    expect(currentPlan()).toEqual(other);
    undoEdit();
    expect(currentPlan()).toEqual(plan);
  });

  it.each([
    [
      'hello',
      'There is no plan link in what was pasted; a plan link ends in #plan=…, the address of a file in its kind, such as .safetensors.',
    ],
    ['https://example.org/#plan=%%%', 'There is no plan link in what was pasted'],
    [
      'https://example.org/#plan=abc',
      'The plan in this link is damaged, perhaps cut off; ask for the link again.',
    ],
    [`#${planToFragment({ ...plan, base: 'x' })}`, 'This plan grafts the model "x"'],
  ])('refuses %s in one sentence', (text, sentence) => {
    openLink(text);
    expect(useView.getState().toast?.text).toContain(sentence);
    expect(currentPlan()).toBe(plan);
  });

  it('finds a link in a text', () => {
    expect(planFragmentIn('a #plan=x-_9 b')).toBe('plan=x-_9');
    expect(planFragmentIn('#plants')).toBeUndefined();
  });
});

describe('fileAddressIn', () => {
  it('takes the file that a page of Hugging Face is about', () => {
    const page = 'https://huggingface.co/facebook/DiT-XL-2-256/blob/main/transformer/model.safetensors';
    expect(fileAddressIn(` ${page}\n`)?.href).toBe(page.replace('/blob/', '/resolve/'));
    expect(fileAddressIn(`${page.replace('/blob/', '/resolve/')}?download=true`)?.href).toBe(
      page.replace('/blob/', '/resolve/'),
    );
  });

  it('leaves other texts alone', () => {
    for (const text of ['https://example.org/', 'model.safetensors', 'see https://a.b/c.pt and d', ''])
      expect(fileAddressIn(text)).toBeUndefined();
  });
});
