import { beforeEach, describe, expect, it } from 'vitest';
import { setSeed } from '../plan/edits.ts';
import { present, record, startHistory } from '../plan/history.ts';
import { emptyPlan } from '../plan/plan.ts';
import { projectToJson } from '../plan/projectFile.ts';
import { samplePlan } from '../plan/testing.ts';
import { memoryStore } from '../storage/memoryStore.ts';
import type { RecordStore } from '../storage/recordStore.ts';
import { openSettings, type Settings } from '../storage/settings.ts';
import {
  bundledBase,
  currentPlan,
  editPlan,
  nameProject,
  startDocument,
  undoEdit,
  useDocument,
} from './documentStore.ts';
import type { HoldProject } from './projectLock.ts';
import {
  connectProjects,
  duplicateProject,
  joined,
  newProject,
  openLastProject,
  openProject,
  openProjectFile,
  startSavingProject,
  useProjects,
} from './projects.ts';
import { startOfSession, useSession } from './sessionStore.ts';
import { useView } from './viewStore.ts';

/** The locks of one browser; a tab is one of `tabs()`. */
function locks() {
  const held = new Set<string>();
  const tab = (): HoldProject => async (id) => {
    if (held.has(id)) return null;
    held.add(id);
    return () => held.delete(id);
  };
  return { tab };
}

let store: RecordStore;
let settings: Settings;
/** A settings storage of one browser. */
function browserSettings(): Settings {
  const kept = new Map<string, string>();
  return openSettings({
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  });
}
const connect = (hold: HoldProject, to = store) => connectProjects(to, hold, settings);
const saved = async () => {
  const { flush, stop } = startSavingProject();
  await flush();
  stop();
};
const seeds = () => [...useDocument.getState().history.nodes.values()].map((node) => node.plan.seed);
const edit = (seed: number) => editPlan({ plan: setSeed(currentPlan(), seed), label: `seed ${seed}` });
/** As after a reload: nothing but what is stored. */
const reload = () => {
  startDocument(emptyPlan(bundledBase), 'Pretrained model');
  useDocument.setState({ project: { id: `fresh-${Math.random()}`, name: 'Untitled' } });
};

beforeEach(() => {
  store = memoryStore();
  settings = browserSettings();
  connect(locks().tab());
  useSession.setState(startOfSession);
  useView.setState({ toast: null });
  startDocument(emptyPlan(bundledBase), 'Pretrained model');
  useDocument.setState({ project: { id: `p-${Math.random()}`, name: 'Untitled' }, savedAt: null });
});

describe('a project', () => {
  it('comes back with all branches and its name', async () => {
    edit(1);
    undoEdit();
    edit(2);
    nameProject('fashion-mixed');
    await saved();
    const before = useDocument.getState();
    reload();
    connect(locks().tab());
    await openLastProject();
    expect(useDocument.getState().history).toEqual(before.history);
    expect(useDocument.getState().project).toEqual(before.project);
  });

  it('is not listed before anything is in it', async () => {
    await saved();
    expect(await store.list()).toEqual([]);
    expect(useProjects.getState().list).toEqual([]);
  });

  it('that another tab holds becomes a copy, so that neither overwrites the other', async () => {
    const browser = locks();
    connect(browser.tab());
    edit(1);
    await saved();
    const { id } = useDocument.getState().project;
    await browser.tab()(id);
    reload();
    connect(browser.tab());
    await openLastProject();
    expect(seeds()).toEqual([0, 1]);
    expect(useDocument.getState().project.name).toBe('Untitled copy');
    expect(useView.getState().toast?.text).toContain('is open in another tab; here is a copy');
    edit(2);
    await saved();
    expect(new TextDecoder().decode(await store.read(id))).not.toContain('seed 2');
  });

  it('that cannot be read is left as it is, and the page goes on under another id', async () => {
    edit(1);
    await saved();
    const { id } = useDocument.getState().project;
    const broken = new TextEncoder().encode('{"format":"scion-project","version":9}');
    await store.write(id, broken);
    reload();
    await openLastProject();
    expect(useView.getState().toast?.text).toContain('could not be opened');
    edit(5);
    await saved();
    expect(await store.read(id)).toEqual(broken);
  });

  it('says so when it cannot be saved, and does not claim that it was', async () => {
    connect(locks().tab(), { ...store, write: () => Promise.reject(new Error('The disk is full.')) });
    edit(1);
    await saved();
    expect(useDocument.getState().savedAt).toBeNull();
    expect(useSession.getState().problems[0]?.text).toContain('The disk is full.');
  });
});

describe('several projects', () => {
  it('are made, copied and opened again; none is lost', async () => {
    edit(1);
    nameProject('first');
    await saved();
    const first = useDocument.getState().project.id;
    await newProject();
    expect(seeds()).toEqual([0]);
    edit(7);
    nameProject('second');
    await saved();
    await openProject(first);
    expect(seeds()).toEqual([0, 1]);
    await duplicateProject();
    edit(3);
    await saved();
    expect(useProjects.getState().list.map((project) => project.name)).toEqual([
      'first copy',
      'first',
      'second',
    ]);
    await openProject(first);
    expect(seeds()).toEqual([0, 1]);
  });

  it('come from files under ids of their own', async () => {
    const history = record(
      startHistory(emptyPlan('dit-test'), 'start', 0),
      { plan: samplePlan, label: 'x' },
      1,
    );
    const file = JSON.parse(JSON.stringify(projectToJson({ name: 'from a friend', history })));
    await openProjectFile(file);
    expect(useDocument.getState().history).toEqual(history);
    const first = useDocument.getState().project;
    expect(first.name).toBe('from a friend');
    await openProjectFile(file);
    expect(useDocument.getState().project.id).not.toBe(first.id);
    expect(useProjects.getState().list).toHaveLength(2);
  });
});

describe('joined', () => {
  const stored = record(startHistory(emptyPlan('dit-test'), 'start', 0), { plan: samplePlan, label: 'x' }, 1);

  it('goes on where the last visit ended when the page opened with nothing', () => {
    expect(joined(stored, startHistory(emptyPlan(bundledBase), 'start', 5))).toBe(stored);
  });

  it('goes to the plan that the page opened with where the tree has it', () => {
    const opened = record(stored, { plan: setSeed(samplePlan, 4), label: 'y' }, 2);
    const tree = joined(opened, startHistory(samplePlan, 'Saved plan', 5));
    expect(present(tree)).toEqual(samplePlan);
    expect(tree.nodes.size).toBe(opened.nodes.size);
  });

  it('puts a plan on top that it does not have, such as one of a link', () => {
    const opened = record(
      startHistory(samplePlan, 'Saved', 5),
      { plan: setSeed(samplePlan, 9), label: 'link' },
      6,
    );
    const tree = joined(stored, opened);
    expect(present(tree).seed).toBe(9);
    expect(tree.nodes.get(tree.here)?.parent).toBe(1);
  });
});
