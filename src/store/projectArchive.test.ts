// A project with its weights: what goes into the file, what comes back, and what is refused in words.
import { beforeEach, describe, expect, it } from 'vitest';
import { writeZip } from '../formats/zipWrite.ts';
import { setSeed } from '../plan/edits.ts';
import { planHash } from '../plan/hash.ts';
import { emptyPlan } from '../plan/plan.ts';
import { samplePlan } from '../plan/testing.ts';
import { memoryStore } from '../storage/memoryStore.ts';
import { openSettings } from '../storage/settings.ts';
import type { StoredRun } from '../workers/protocol.ts';
import { editPlan, nameProject, startDocument, useDocument } from './documentStore.ts';
import { openProjectArchive, projectAsArchive } from './projectArchive.ts';
import { connectProjects } from './projects.ts';
import { startOfSession, useSession } from './sessionStore.ts';
import { scriptedTrainer, testModel } from './testing.ts';
import { connectTrainer } from './trainerSession.ts';

const other = setSeed(samplePlan, 1);
const stored = { planHash: planHash(samplePlan), finished: true } as StoredRun;
const content = 'weights of the sample plan';

function connect() {
  const trainer = scriptedTrainer({
    runs: () => [stored],
    export: () => ({
      name: 'graft.safetensors',
      blob: new Blob([content]),
      maxDeviation: 0,
      inputs: 4,
      checked: 'Read back.',
    }),
    import: () => ({ kind: 'model', plan: samplePlan, weights: true, sentence: 'Read.' }),
  });
  connectTrainer(trainer.start);
  return trainer;
}

beforeEach(() => {
  useSession.setState({
    ...startOfSession,
    opening: { state: 'ready', model: testModel },
    storedRuns: [stored],
  });
  connectProjects(memoryStore(), {}, openSettings(undefined));
  startDocument(samplePlan, 'start');
  editPlan({ plan: other, label: 'other' });
  nameProject('Windows');
});

describe('a project with its weights', () => {
  it('holds the weights of every plan that has some, and brings tree and weights back', async () => {
    const trainer = connect();
    const { name, blob, weights } = await projectAsArchive();
    expect(name).toBe('Windows.graft.zip');
    expect(weights).toBe(1);
    expect(trainer.asked).toEqual([{ kind: 'export', plan: samplePlan, format: 'safetensors' }]);
    const before = useDocument.getState().history;

    startDocument(emptyPlan(testModel.id), 'start');
    useSession.setState({ storedRuns: [] });
    expect(await openProjectArchive(new File([blob], name))).toBe(1);
    expect(useDocument.getState().history).toEqual(before);
    const imported = trainer.asked.find((request) => request.kind === 'import');
    expect(imported?.file.name).toBe(`${planHash(samplePlan)}.safetensors`);
    expect(await imported?.file.text()).toBe(content);
    expect(useSession.getState().storedRuns).toEqual([stored]);
  });

  it('is refused in a sentence, and the project on screen stays', async () => {
    connect();
    const before = useDocument.getState().history;
    const archive = async (records: Record<string, string>) =>
      new File(
        [
          await writeZip(
            Object.entries(records).map(([name, text]) => ({ name, content: new Blob([text]) })),
          ),
        ],
        'a.zip',
      );
    await expect(openProjectArchive(await archive({ 'notes.txt': 'x' }))).rejects.toThrow(
      'a.zip is a ZIP archive without project.graft.json; it opens only projects that Scion saved with their weights.',
    );
    await expect(openProjectArchive(await archive({ 'project.graft.json': '{}' }))).rejects.toThrow(
      'project.graft.json in a.zip is no project; save the project with its weights again.',
    );
    await expect(openProjectArchive(new File(['PK'], 'a.zip'))).rejects.toThrow(
      'a.zip is damaged or incomplete: its ZIP directory, at the end of the file, cannot be read.',
    );
    expect(useDocument.getState().history).toBe(before);
  });
});
