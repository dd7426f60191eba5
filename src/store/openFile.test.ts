import { beforeEach, describe, expect, it } from 'vitest';
import { setSeed } from '../plan/edits.ts';
import { samplePlan } from '../plan/testing.ts';
import { currentPlan, startDocument } from './documentStore.ts';
import { openFile } from './openFile.ts';
import { startOfSession, useSession } from './sessionStore.ts';
import { testModel } from './testing.ts';
import { useView } from './viewStore.ts';

beforeEach(() => {
  useSession.setState({ ...startOfSession, opening: { state: 'ready', model: testModel } });
  useView.setState({ toast: null });
  startDocument(samplePlan, 'start');
});

async function said(file: File): Promise<string | undefined> {
  await openFile(file);
  return useView.getState().toast?.text;
}

describe('openFile', () => {
  it('opens a plan', async () => {
    const plan = setSeed(samplePlan, 5);
    await openFile(new File([JSON.stringify(plan)], 'a.graft.json'));
    expect(currentPlan()).toEqual(plan);
  });

  it.each([
    [new File([], 'a.json'), 'a.json is empty; choose a file with content.'],
    [new File(['x'], 'cat.jpg'), 'cat.jpg is no file that Scion opens'],
    [new File(['{'], 'a.json'), 'This file is not a plan: it is not valid JSON.'],
    [new File(['{}'], 'a.json'), 'This is not a plan'],
    [new File([JSON.stringify({ ...samplePlan, base: 'x' })], 'a.json'), 'This plan grafts the model "x"'],
  ])('refuses bad input in one sentence and loses nothing', async (file, sentence) => {
    expect(await said(file)).toContain(sentence);
    expect(currentPlan()).toBe(samplePlan);
  });
});
