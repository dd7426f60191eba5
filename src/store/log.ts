// What happened in this visit, in order: the model, the run and its stages, pictures, saves, files, problems.
import { create } from 'zustand';
import { planName } from '../plan/planName.ts';
import type { RunPhase, RunProgress } from '../workers/protocol.ts';
import { useDocument } from './documentStore.ts';
import { headerOnly, type SessionState, useSession } from './sessionStore.ts';

export type LogLevel = 'info' | 'warning' | 'error';
export type LogSource = 'model' | 'device' | 'run' | 'images' | 'save' | 'export' | 'problem';

export interface LogEvent {
  readonly level: LogLevel;
  readonly source: LogSource;
  readonly text: string;
}

export interface LogEntry extends LogEvent {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const mostEntries = 1000;

export const useLog = create<{ readonly entries: readonly LogEntry[] }>()(() => ({ entries: [] }));

let nextId = 1;

export function log(events: readonly LogEvent[], at = Date.now()): void {
  if (events.length === 0) return;
  useLog.setState(({ entries }) => ({
    entries: [...entries, ...events.map((event) => ({ ...event, id: nextId++, at }))].slice(-mostEntries),
  }));
}

export function clearLog(): void {
  useLog.setState({ entries: [] });
}

/** Follows the stores from now on; answers how to stop. */
export function startLog(): () => void {
  const stops = [
    useSession.subscribe((after, before) => log(eventsBetween(before, after))),
    useDocument.subscribe((after, before) => {
      if (after.savedAt !== before.savedAt && after.savedAt !== null)
        log([{ level: 'info', source: 'save', text: 'Plan saved in this browser.' }]);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** What a change of the session means in words; most changes mean nothing. */
export function eventsBetween(before: SessionState, after: SessionState): LogEvent[] {
  return [
    ...openingEvents(before, after),
    ...runEvents(before, after),
    ...imageEvents(before, after),
    ...exportEvents(before, after),
    ...problemEvents(before, after),
  ];
}

function info(source: LogSource, text: string): LogEvent {
  return { level: 'info', source, text };
}

function openingEvents({ opening: was }: SessionState, { opening: is }: SessionState): LogEvent[] {
  if (was === is) return [];
  if (is.state === 'ready') {
    if (is.model.engine === headerOnly) return [];
    // What the device lacks is told as a problem.
    const { label, engine, remark } = is.model;
    const computing = [`Computing with ${engine}.`, remark].filter(Boolean).join(' ');
    return [info('model', `${label} is open.`), info('device', computing)];
  }
  return is.state === 'failed' ? [{ level: 'error', source: 'model', text: is.sentence }] : [];
}

const phases: Readonly<Record<RunPhase, string>> = {
  prepare: 'Preparing: the teacher’s activations',
  initialise: 'Measuring the starts of the new operators',
  stage1: 'Stage 1: distilling',
  stage2: 'Stage 2: fine-tuning',
  score: 'Measuring the distance to the data',
  done: 'Done',
};

function runEvents(before: SessionState, after: SessionState): LogEvent[] {
  const [was, is] = [before.run, after.run];
  if (was === is || !is) return [];
  // A plan that was grafted in another visit shows its result: nothing happened.
  if (was?.planHash !== is.planHash && is.phase === 'done') return [];
  const events: LogEvent[] = [];
  const sameRun = was?.planHash === is.planHash;
  const name = after.runPlan
    ? `${is.planHash.slice(0, 4)} ${planName(after.runPlan)}`
    : is.planHash.slice(0, 4);
  if (!sameRun || was.phase !== is.phase) events.push(info('run', `${name}: ${phaseText(is)}`));
  if (sameRun && was.state !== is.state) events.push(...stateEvents(name, was, is));
  if (sameRun) events.push(...slotEvents(was, is));
  if (is.savedAt !== null && is.savedAt !== was?.savedAt && is.phase !== 'done')
    events.push(info('save', `Run saved at step ${is.step} of ${is.steps}.`));
  return events;
}

function phaseText({ phase, step, steps }: RunProgress): string {
  const trains = phase === 'stage1' || phase === 'stage2';
  return trains && step > 0 ? `${phases[phase]}, from step ${step} of ${steps}.` : `${phases[phase]}.`;
}

function stateEvents(name: string, was: RunProgress, is: RunProgress): LogEvent[] {
  switch (is.state) {
    case 'pausing':
      return [];
    case 'paused':
      return [info('run', `${name}: paused at step ${is.step} of ${is.steps}.`)];
    case 'running':
      return was.state === 'paused' ? [info('run', `${name}: goes on.`)] : [];
    case 'cancelled':
      return [info('run', `${name}: ended by hand at step ${is.step}; the best weights are kept.`)];
    case 'failed':
      return [{ level: 'error', source: 'run', text: `${name}: failed at step ${is.step} of ${is.steps}.` }];
    case 'finished':
      return [info('run', `${name}: finished.`)];
    default:
      return is.state satisfies never;
  }
}

function slotEvents(was: RunProgress, is: RunProgress): LogEvent[] {
  return is.slots.flatMap((slot) => {
    const known = was.slots.find((candidate) => candidate.slot === slot.slot);
    if (!known || known.state === slot.state || slot.state !== 'flat') return [];
    return [info('run', `${slot.slot} is flat at step ${slot.step}; its best error is ${slot.bestError}.`)];
  });
}

function imageEvents(before: SessionState, after: SessionState): LogEvent[] {
  return (['base', 'graft'] as const).flatMap((which) => {
    const [was, is] = [before.strips[which], after.strips[which]];
    if (!is || was?.state === is.state || is.state !== 'done' || is.milliseconds === null) return [];
    const { classes, steps } = is.job;
    const seconds = (is.milliseconds / 1000).toFixed(1);
    const whose = which === 'base' ? 'the original' : `plan ${is.planHash.slice(0, 4)}`;
    return [info('images', `${classes.length} pictures of ${whose} in ${steps} steps took ${seconds} s.`)];
  });
}

function exportEvents(before: SessionState, after: SessionState): LogEvent[] {
  if (before.exports === after.exports) return [];
  return Object.entries(after.exports).flatMap(([format, is]): LogEvent[] => {
    if (Object.entries(before.exports).some(([known, was]) => known === format && was === is)) return [];
    if (is.state === 'done') return [info('export', `${is.file.name} is written. ${is.file.checked}`)];
    return is.state === 'failed' ? [{ level: 'error', source: 'export', text: is.sentence }] : [];
  });
}

function problemEvents(before: SessionState, after: SessionState): LogEvent[] {
  return after.problems
    .filter((problem) => !before.problems.includes(problem))
    .map(({ severity, text }) => ({ level: severity, source: 'problem', text }));
}

/** One line an entry, for a report of what went wrong. */
export function logText(entries: readonly LogEntry[]): string {
  return entries
    .map(({ at, level, source, text }) => [new Date(at).toISOString(), level, source, text].join('\t'))
    .join('\n');
}
