import { beforeEach, describe, expect, it } from 'vitest';
import { setSeed } from '../plan/edits.ts';
import { planHash } from '../plan/hash.ts';
import { emptyPlan } from '../plan/plan.ts';
import { samplePlan } from '../plan/testing.ts';
import { parsePlanText } from '../plan/validate.ts';
import { memoryStore } from '../storage/memoryStore.ts';
import { openSettings } from '../storage/settings.ts';
import { currentPlan, editPlan, nameProject, startDocument, undoEdit, useDocument } from './documentStore.ts';
import { keepResults, usePlanResults } from './planResults.ts';
import { connectProjects } from './projects.ts';
import { openProjectText, projectAsFile } from './projectTransfer.ts';
import { startOfSession, useSession } from './sessionStore.ts';
import { testModel } from './testing.ts';

let stop: () => void = () => undefined;
beforeEach(async () => {
  stop();
  usePlanResults.setState({ byHash: new Map() });
  useSession.setState({ ...startOfSession, opening: { state: 'ready', model: testModel } });
  connectProjects(memoryStore(), {}, openSettings(undefined));
  stop = await keepResults(memoryStore());
  startDocument(samplePlan, 'start');
});

describe('a project as a file', () => {
  it('brings the tree, the name and the results back', async () => {
    editPlan({ plan: setSeed(samplePlan, 1), label: 'a' });
    undoEdit();
    editPlan({ plan: setSeed(samplePlan, 2), label: 'b' });
    nameProject('Fashion: mixed / 2');
    const hash = planHash(samplePlan);
    useSession.setState({ distances: { [hash]: { planHash: hash, base: 6, graft: 7, samples: 500 } } });
    const { name, text } = projectAsFile();
    expect(name).toBe('Fashion-mixed-2.graft.json');
    const before = useDocument.getState();

    usePlanResults.setState({ byHash: new Map() });
    useSession.setState({ distances: {} });
    startDocument(emptyPlan(testModel.id), 'start');
    expect(await openProjectText(text)).toBe(true);
    expect(useDocument.getState().history).toEqual(before.history);
    expect(useDocument.getState().project.name).toBe('Fashion: mixed / 2');
    expect(useSession.getState().distances[hash]?.graft).toBe(7);
  });

  it('reads as its present plan on the command line', () => {
    expect(parsePlanText(projectAsFile().text)).toEqual(samplePlan);
  });

  it('is refused for another model, and nothing changes', async () => {
    startDocument({ ...samplePlan, base: 'other' }, 'start');
    const { text } = projectAsFile();
    startDocument(samplePlan, 'start');
    await expect(openProjectText(text)).rejects.toThrow('This plan grafts the model "other"');
    expect(currentPlan()).toBe(samplePlan);
  });

  it('leaves other JSON to others', async () => {
    expect(await openProjectText(JSON.stringify(samplePlan))).toBe(false);
    expect(await openProjectText('{')).toBe(false);
  });
});
