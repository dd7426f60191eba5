// What happened in this visit, newest first: time, level, source, sentence.
import { useState } from 'react';
import { clearLog, type LogEntry, type LogLevel, logText, useLog } from '../../../store/log.ts';
import { Icon } from '../../icons/Icon.tsx';
import type { IconName } from '../../icons/shapes.ts';
import { copyText } from '../../parts/copyText.ts';
import { Segmented } from '../../parts/Segmented.tsx';

type Shown = 'all' | 'problems';

const choices: readonly { readonly value: Shown; readonly label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'problems', label: 'Warnings and errors' },
];

const levels: Readonly<Record<LogLevel, { readonly icon: IconName; readonly label: string }>> = {
  info: { icon: 'info', label: 'Info' },
  warning: { icon: 'warn', label: 'Warning' },
  error: { icon: 'warn', label: 'Error' },
};

export function LogTab() {
  const entries = useLog((state) => state.entries);
  const [shown, setShown] = useState<Shown>('all');
  const listed = entries.filter(({ level }) => shown === 'all' || level !== 'info').toReversed();
  return (
    <div className="pane log-pane">
      <div className="pane-head">
        <h2 className="head">Log</h2>
        <small>this visit, newest first</small>
        <span className="spacer" />
        <Segmented<Shown> label="Entries" choices={choices} value={shown} onChange={setShown} />
        <button
          type="button"
          className="btn btn--small"
          disabled={entries.length === 0}
          onClick={() => void copyText(logText(entries), 'The log is copied.')}
        >
          Copy
        </button>
        <button type="button" className="btn btn--small" disabled={entries.length === 0} onClick={clearLog}>
          Clear
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section className="pane-body" tabIndex={0} aria-label="Entries of the log">
        {listed.length === 0 ? <NoEntries shown={shown} /> : <LogTable entries={listed} />}
      </section>
    </div>
  );
}

function NoEntries({ shown }: { shown: Shown }) {
  return (
    <div className="empty">
      <strong>{shown === 'all' ? 'Nothing yet' : 'No warnings and no errors'}</strong>
      <p>Stages of runs, saves, the device, pictures, files and problems are noted here as they happen.</p>
    </div>
  );
}

function LogTable({ entries }: { entries: readonly LogEntry[] }) {
  return (
    <table className="log-table">
      <thead className="sr">
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Level</th>
          <th scope="col">Source</th>
          <th scope="col">Event</th>
        </tr>
      </thead>
      <tbody>
        {entries.map(({ id, at, level, source, text }) => (
          <tr key={id} className={`log--${level}`}>
            <td className="num">{timeOfDay(at)}</td>
            <td>
              <Icon name={levels[level].icon} label={levels[level].label} />
            </td>
            <td className="source">{source}</td>
            <td className="text">{text}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function timeOfDay(at: number): string {
  return new Date(at).toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
}
