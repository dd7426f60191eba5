// Projects in the browser's private files: opened at the start, saved after each change, never written by two tabs.
import { create } from 'zustand';
import { sentence } from '../lib/errors.ts';
import { canonical } from '../plan/canonical.ts';
import { graftedSlots } from '../plan/edits.ts';
import { goTo, type History, pathTo, present, record, startHistory } from '../plan/history.ts';
import { emptyPlan } from '../plan/plan.ts';
import { parseProject, projectToJson } from '../plan/projectFile.ts';
import { isRecord } from '../plan/reading.ts';
import type { RecordStore } from '../storage/recordStore.ts';
import { openSettings, type Settings } from '../storage/settings.ts';
import {
  currentPlan,
  isUntouched,
  markSaved,
  newProjectId,
  type Project,
  refuseChanges,
  unnamedProject,
  useDocument,
} from './documentStore.ts';
import { browserLocks, type ProjectLocks } from './projectLock.ts';
import { addProblem } from './sessionStore.ts';
import { browserChannel, isLookingOn, type TabChannel, type TabMessage, useTabs } from './tabs.ts';
import { announce, say } from './viewStore.ts';

export interface ProjectInfo {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

const delayMs = 300;
const listKey = 'projects';

/** Known projects, the latest first. Names and times only; the trees lie in the record store. */
export const useProjects = create<{ readonly list: readonly ProjectInfo[] }>()(() => ({ list: [] }));

let records: RecordStore | null = null;
let settings: Settings = openSettings();
let locks: ProjectLocks = browserLocks();
let channel: TabChannel = { postMessage: () => undefined, onmessage: null };
/** Ends the run of this tab, saved, before another tab takes the project over. */
let endWork: () => Promise<void> = async () => undefined;
let stopWaiting = new AbortController();
let release: () => void = () => undefined;

/** Projects are kept here from now on; before that, and without it, they last as long as the page. */
export function connectProjects(
  store: RecordStore,
  tab: { readonly locks?: ProjectLocks; readonly channel?: TabChannel } = {},
  list = openSettings(),
): void {
  records = store;
  locks = tab.locks ?? browserLocks();
  channel = tab.channel ?? browserChannel();
  locks.lost = (id) => void lookOnAfterLoss(id);
  channel.onmessage = ({ data }) => void heard(data);
  refuseChanges(() => {
    const { lookingOn } = useTabs.getState();
    return lookingOn === null
      ? null
      : `"${lookingOn}" is open in another tab; take it over to change it here.`;
  });
  settings = list;
  useProjects.setState({ list: listed() });
}

/** Opens the project of the last visit below what the page opened with, e.g. the plan of a link. */
export async function openLastProject(): Promise<void> {
  const [last] = useProjects.getState().list;
  if (!last) return takeHold(useDocument.getState().project);
  try {
    const stored = await read(last.id);
    if (!stored) return takeHold(useDocument.getState().project);
    const history = joined(stored.history, useDocument.getState().history);
    useDocument.setState({ history });
    await takeHold({ id: last.id, name: stored.name });
  } catch (error) {
    // The record stays as it is: this page goes on under another id and overwrites nothing.
    await takeHold(useDocument.getState().project);
    say(`The project "${last.name}" could not be opened. ${sentence(error)}`, 'error');
  }
}

/** The stored tree with the plans on top that the page opened with, unless it has them already. */
export function joined(stored: History, opened: History): History {
  const bare = opened.nodes.size === 1 && graftedSlots(present(opened)).length === 0;
  if (bare) return stored;
  return pathTo(opened, opened.here).reduce((tree, { plan, label, made }) => {
    const print = canonical(plan);
    if (canonical(present(tree)) === print) return tree;
    const known = [...tree.nodes.values()].find((node) => canonical(node.plan) === print);
    return known ? goTo(tree, known.id) : record(tree, { plan, label }, made);
  }, stored);
}

/** Saves the project after each change of its tree or name. */
export function startSavingProject(): { flush(): Promise<void>; stop(): void } {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const flush = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    return save();
  };
  const stop = useDocument.subscribe((state, before) => {
    if (state.history === before.history && state.project === before.project) return;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => void flush(), delayMs);
  });
  return { flush, stop };
}

async function save(): Promise<void> {
  const { project, history } = useDocument.getState();
  const isNew = !useProjects.getState().list.some((known) => known.id === project.id);
  if (!records || isLookingOn() || (isNew && isUntouched() && project.name === unnamedProject)) return;
  try {
    const json = JSON.stringify(projectToJson({ name: project.name, history }));
    await records.write(project.id, new TextEncoder().encode(json));
    markSaved(Date.now());
    channel.postMessage({ kind: 'saved', project: project.id });
    enlist({ id: project.id, name: project.name, modified: Date.now() });
  } catch (error) {
    addProblem({
      id: 'project-save',
      severity: 'error',
      text: `The plan tree is not saved; the present plan is, in the address. ${sentence(error)}`,
      slot: null,
      action: 'freeSpace',
    });
  }
}

async function read(id: string): Promise<{ name: string; history: History } | undefined> {
  const bytes = await records?.read(id);
  return bytes && parseProject(JSON.parse(new TextDecoder().decode(bytes)));
}

/** Makes a project the one of this tab; one that another tab has open is only looked at. */
async function takeHold(project: Project): Promise<void> {
  letGo();
  useDocument.setState({ project });
  const held = await locks.hold(project.id);
  if (held) release = held;
  else lookOn(project);
}

function letGo(): void {
  stopWaiting.abort();
  release();
  release = () => undefined;
  useTabs.setState({ lookingOn: null, takingOver: false });
}

/** Shows what the other tab saves, and goes on here as soon as it lets go. */
function lookOn({ id, name }: Project): void {
  useTabs.setState({ lookingOn: name, takingOver: false });
  stopWaiting.abort();
  stopWaiting = new AbortController();
  locks.wait(id, stopWaiting.signal).then(
    (held) => goOnHere(id, held),
    () => undefined, // This tab opened another project meanwhile, or took this one.
  );
}

async function goOnHere(id: string, held: () => void): Promise<void> {
  release = held;
  await showSaved(id);
  useTabs.setState({ lookingOn: null, takingOver: false });
  for (const listener of goneOn) listener();
  say('This tab has the project now; changes and runs are made here.');
}

/** Told when this tab may go on with a project that another tab had: runs may have been left. */
const goneOn = new Set<() => void>();

export function onGoneOn(listener: () => void): void {
  goneOn.add(listener);
}

/** @param end saves and ends the work of this tab when another one takes over */
export function beforeYielding(end: () => Promise<void>): void {
  endWork = end;
}

/** How long the other tab has to save its run before the project is taken from it. */
const answerMs = 8000;

/** Asks the tab that has the project to save and let go; from one that does not answer it is taken. */
export async function takeOver(): Promise<void> {
  const { id } = useDocument.getState().project;
  useTabs.setState({ takingOver: true });
  channel.postMessage({ kind: 'yield', project: id });
  await new Promise((resolve) => setTimeout(resolve, answerMs));
  if (!useTabs.getState().takingOver) return;
  stopWaiting.abort();
  await goOnHere(id, await locks.steal(id));
}

/** Leaves the project to the other tab and goes on with a copy of it. */
export async function workOnCopy(): Promise<void> {
  const { project } = useDocument.getState();
  await takeHold({ id: newProjectId(), name: `${project.name} copy` });
  await save();
  say(`A copy is open; the other tab keeps "${project.name}".`);
}

async function heard({ kind, project: id }: TabMessage): Promise<void> {
  const { project } = useDocument.getState();
  if (id !== project.id) return;
  const looking = isLookingOn();
  if (kind === 'saved') {
    if (looking) await showSaved(id);
    return;
  }
  // Another onlooker takes over: this one waits behind it.
  if (looking) return useTabs.getState().takingOver ? undefined : lookOn(project);
  await save();
  await endWork();
  release();
  release = () => undefined;
  lookOn(project);
}

async function lookOnAfterLoss(id: string): Promise<void> {
  const { project } = useDocument.getState();
  if (id !== project.id || isLookingOn()) return;
  release = () => undefined;
  lookOn(project);
  await endWork();
}

async function showSaved(id: string): Promise<void> {
  const stored = await read(id).catch(() => undefined);
  if (stored) useDocument.setState({ history: stored.history, project: { id, name: stored.name } });
}

/** An empty plan of the same model. The project before it stays in the list. */
export async function newProject(): Promise<void> {
  await save();
  await showFresh();
  announce('A new project is open.');
}

async function showFresh(): Promise<void> {
  const plan = emptyPlan(currentPlan().base);
  useDocument.setState({ history: startHistory(plan, 'Pretrained model', Date.now()) });
  await takeHold({ id: newProjectId(), name: unnamedProject });
}

export async function duplicateProject(): Promise<void> {
  await save();
  const { project } = useDocument.getState();
  await takeHold({ id: newProjectId(), name: `${project.name} copy` });
  await save();
  say(`"${project.name} copy" is open; "${project.name}" stays as it was.`);
}

interface Deleted {
  readonly project: Project;
  readonly history: History;
}

/** The project that was deleted last. It can be brought back until the page is left. */
export const useDeletedProject = create<{ readonly deleted: Deleted | null }>()(() => ({ deleted: null }));

/** Deletes the open project without asking, since it can be brought back; the one before it opens. */
export async function deleteProject(): Promise<void> {
  if (isLookingOn()) return;
  await save();
  const { project, history } = useDocument.getState();
  const next = useProjects.getState().list.find(({ id }) => id !== project.id);
  const stored = next && (await read(next.id).catch(() => undefined));
  await records?.remove(project.id);
  forget(project.id);
  useDeletedProject.setState({ deleted: { project, history } });
  if (next && stored) await showProject(stored, next.id);
  else await showFresh();
  say(
    `"${project.name}" is deleted. Its menu brings it back until this page is closed; trained weights are kept.`,
  );
}

export async function restoreProject(): Promise<void> {
  const { deleted } = useDeletedProject.getState();
  if (!deleted) return;
  await save();
  useDeletedProject.setState({ deleted: null });
  const { project, history } = deleted;
  await showProject({ name: project.name, history }, project.id);
  await save();
}

/** Opens a project of the list. */
export async function openProject(id: string): Promise<void> {
  if (id === useDocument.getState().project.id) return;
  await save();
  try {
    const stored = await read(id);
    if (!stored) {
      forget(id);
      return say('This project is no longer in storage.', 'error');
    }
    await showProject(stored, id);
  } catch (error) {
    say(`The project could not be opened. ${sentence(error)}`, 'error');
  }
}

/** A project from a file: it gets an id of its own, so that opening it twice overwrites nothing. */
export async function openProjectFile(value: unknown): Promise<void> {
  const file = parseProject(value);
  await save();
  await showProject(file, newProjectId());
  await save();
}

async function showProject(project: { name: string; history: History }, id: string): Promise<void> {
  useDocument.setState({ history: project.history });
  await takeHold({ id, name: project.name });
  announce(`The project ${project.name} is open.`);
}

function enlist(project: ProjectInfo): void {
  const others = listed().filter((known) => known.id !== project.id);
  setList([project, ...others]);
}

function forget(id: string): void {
  setList(listed().filter((known) => known.id !== id));
}

function setList(list: readonly ProjectInfo[]): void {
  settings.set(listKey, list);
  useProjects.setState({ list });
}

/** Read anew each time: another tab may have added one. */
function listed(): readonly ProjectInfo[] {
  return settings.get<readonly ProjectInfo[]>(listKey, parseList, []);
}

function parseList(value: unknown): ProjectInfo[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((entry) => {
    if (!isRecord(entry)) return [];
    const { id, name, modified } = entry;
    const whole = typeof id === 'string' && typeof name === 'string' && typeof modified === 'number';
    return whole ? [{ id, name, modified }] : [];
  });
}
