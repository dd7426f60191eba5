import { beforeEach, describe, expect, it, vi } from 'vitest';
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
import type { ProjectLocks } from './projectLock.ts';
import {
  beforeYielding,
  connectProjects,
  deleteProject,
  duplicateProject,
  joined,
  newProject,
  openLastProject,
  openProject,
  openProjectFile,
  restoreProject,
  startSavingProject,
  takeOver,
  useProjects,
  workOnCopy,
} from './projects.ts';
import { startOfSession, useSession } from './sessionStore.ts';
import { type TabChannel, type TabMessage, useTabs } from './tabs.ts';
import { useView } from './viewStore.ts';

/** The locks of one browser; a tab is one of `tabs()`. Waiting tabs get a project in turn. */
function locks() {
  const held = new Map<string, ProjectLocks>();
  const waiting: { id: string; tab: ProjectLocks; signal: AbortSignal; go: () => void }[] = [];
  const give = (id: string, tab: ProjectLocks) => {
    held.set(id, tab);
    return () => {
      if (held.get(id) !== tab) return;
      held.delete(id);
      const next = waiting.findIndex((other) => other.id === id && !other.signal.aborted);
      if (next >= 0) waiting.splice(next, 1)[0]?.go();
    };
  };
  const tab = (): ProjectLocks => {
    const own: ProjectLocks = {
      hold: async (id) => (held.has(id) ? null : give(id, own)),
      wait: (id, signal) =>
        new Promise((resolve) => {
          waiting.push({ id, tab: own, signal, go: () => resolve(give(id, own)) });
        }),
      steal: async (id) => {
        const loser = held.get(id);
        const release = give(id, own);
        loser?.lost(id);
        return release;
      },
      lost: () => undefined,
    };
    return own;
  };
  return { tab };
}

/** A tab that only holds its lock and hears what others say. */
function otherTab() {
  const heard: TabMessage[] = [];
  const channel: TabChannel = { postMessage: (message) => heard.push(message), onmessage: null };
  const tell = (message: TabMessage) => channel.onmessage?.({ data: message } as MessageEvent<TabMessage>);
  return { heard, channel, tell };
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
const connect = (tab: ProjectLocks, to = store, channel = otherTab().channel) =>
  connectProjects(to, { locks: tab, channel }, settings);
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
  useTabs.setState({ lookingOn: null, takingOver: false });
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

  describe('that another tab has open', () => {
    /** The project is saved with one edit and held by another tab; this one opens it. */
    async function lookOn() {
      const browser = locks();
      const other = otherTab();
      connect(browser.tab());
      edit(1);
      await saved();
      const { id } = useDocument.getState().project;
      const release = (await browser.tab().hold(id)) ?? (() => undefined);
      reload();
      connect(browser.tab(), store, other.channel);
      await openLastProject();
      return { id, release, browser, ...other };
    }

    it('is shown and not changed, and follows what the other tab saves', async () => {
      const { id, tell } = await lookOn();
      expect(useTabs.getState().lookingOn).toBe('Untitled');
      expect(seeds()).toEqual([0, 1]);
      expect(edit(2)).toBe(false);
      expect(useView.getState().toast?.text).toBe(
        '"Untitled" is open in another tab; take it over to change it here.',
      );
      await saved();
      const { project, history } = useDocument.getState();
      const more = record(history, { plan: setSeed(currentPlan(), 7), label: 'there' }, 9);
      const json = JSON.stringify(projectToJson({ name: project.name, history: more }));
      await store.write(id, new TextEncoder().encode(json));
      tell({ kind: 'saved', project: id });
      await vi.waitFor(() => expect(seeds()).toEqual([0, 1, 7]));
    });

    it('goes on here when the other tab is closed', async () => {
      const { release } = await lookOn();
      release();
      await vi.waitFor(() => expect(useTabs.getState().lookingOn).toBeNull());
      expect(edit(2)).toBe(true);
    });

    it('is asked for, and goes on here when the other tab lets go', async () => {
      const { id, release, heard } = await lookOn();
      void takeOver();
      expect(useTabs.getState().takingOver).toBe(true);
      expect(heard).toEqual([{ kind: 'yield', project: id }]);
      release();
      await vi.waitFor(() => expect(useTabs.getState()).toEqual({ lookingOn: null, takingOver: false }));
    });

    it('is taken from a tab that does not answer', async () => {
      await lookOn();
      vi.useFakeTimers();
      const taken = takeOver();
      await vi.advanceTimersByTimeAsync(10_000);
      vi.useRealTimers();
      await taken;
      expect(useTabs.getState().lookingOn).toBeNull();
      expect(edit(2)).toBe(true);
    });

    it('becomes a copy on demand, so that neither overwrites the other', async () => {
      const { id } = await lookOn();
      await workOnCopy();
      expect(useDocument.getState().project.name).toBe('Untitled copy');
      expect(edit(2)).toBe(true);
      await saved();
      expect(new TextDecoder().decode(await store.read(id))).not.toContain('seed 2');
    });
  });

  it('is given away when another tab asks: saved, its run ended, then only shown', async () => {
    const browser = locks();
    const other = otherTab();
    connect(browser.tab(), store, other.channel);
    await openLastProject();
    edit(1);
    const { id } = useDocument.getState().project;
    const order: string[] = [];
    beforeYielding(async () => {
      order.push((await store.read(id)) ? 'run ended after the plan was saved' : 'nothing was saved');
    });
    const gone = new AbortController();
    const taken = browser.tab().wait(id, gone.signal);
    other.tell({ kind: 'yield', project: id });
    await taken;
    expect(order).toEqual(['run ended after the plan was saved']);
    expect(useTabs.getState().lookingOn).toBe('Untitled');
    expect(edit(3)).toBe(false);
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

  it('are deleted for good or brought back, and the one before opens', async () => {
    nameProject('first');
    edit(1);
    await saved();
    await newProject();
    nameProject('second');
    edit(2);
    await saved();
    const second = useDocument.getState();
    await deleteProject();
    expect(useDocument.getState().project.name).toBe('first');
    expect(seeds()).toEqual([0, 1]);
    expect(useProjects.getState().list.map(({ name }) => name)).toEqual(['first']);
    expect(await store.read(second.project.id)).toBeUndefined();

    await restoreProject();
    expect(useDocument.getState().project).toEqual(second.project);
    expect(useDocument.getState().history).toEqual(second.history);
    expect(await store.read(second.project.id)).toBeDefined();

    await deleteProject();
    await deleteProject();
    expect(useProjects.getState().list).toEqual([]);
    expect(await store.list()).toEqual([]);
    expect(useDocument.getState().project.name).toBe('Untitled');
    expect(seeds()).toEqual([0]);
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
