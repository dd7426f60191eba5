// How much each slot minds being swapped: measured in the background, shown as a strip or a table.
import { useState } from 'react';
import { candidateKey } from '../../../plan/search/candidate.ts';
import { setBackgroundSearch } from '../../../store/backgroundSearch.ts';
import { heldLabel } from '../../../store/placing.ts';
import { type SearchJob, useSearch } from '../../../store/search.ts';
import { chosenCandidates } from '../../../store/searchPlans.ts';
import { selectIsTraining, useSession } from '../../../store/sessionStore.ts';
import { useSettings } from '../../../store/settingsStore.ts';
import type { DitShape } from '../../../workers/protocol.ts';
import { aboutDuration } from '../../format/numbers.ts';
import { Icon } from '../../icons/Icon.tsx';
import { CommandButton } from '../../parts/CommandButton.tsx';
import { anySlotFor } from './anySlotFor.ts';
import { SensitivityStrip } from './SensitivityStrip.tsx';
import { SensitivityTable } from './SensitivityTable.tsx';

export function SensitivityPane({ shape }: { shape: DitShape }) {
  const [asTable, setAsTable] = useState(false);
  const job = useSearch((state) => state.job);
  const hasSome = useSearch((state) => state.sensitivities.size > 0);
  return (
    <section className="pane" aria-label="Sensitivity">
      <div className="pane-head">
        <h2 className="head">Sensitivity</h2>
        <small>change of the model’s output when one slot is swapped, untrained</small>
        <span className="spacer" />
        {hasSome && (
          <button
            type="button"
            className="btn btn--small"
            aria-pressed={asTable}
            aria-label="Sensitivities as a table"
            onClick={() => setAsTable(!asTable)}
          >
            <Icon name="table" /> Table
          </button>
        )}
      </div>
      <Measuring shape={shape} job={job} />
      <div className="pane-body">
        {asTable ? <SensitivityTable shape={shape} /> : <SensitivityStrip shape={shape} />}
      </div>
    </section>
  );
}

function Measuring({ shape, job }: { shape: DitShape; job: SearchJob }) {
  const { sensitivities, times, base, chosen } = useSearch();
  const isTraining = useSession(selectIsTraining);
  const byItself = useSettings((settings) => settings.searchInBackground);
  if (job.state === 'measuring') {
    const share = job.all === 0 ? 0 : job.done / job.all;
    return (
      <div className="search-job" role="status">
        <span className="meter" style={{ '--v': `${share * 100}%` } as React.CSSProperties} />
        <span className="text">{isTraining ? 'Waits for the run' : doing(shape, job)}</span>
        <span className="num">{job.all > 0 && `${job.done}/${job.all}`}</span>
        <CommandButton id="search.stop" className="btn btn--small btn--icon" />
      </div>
    );
  }
  const candidates = chosenCandidates(shape, chosen);
  const isComplete =
    base !== null &&
    candidates.every((candidate) => times.has(candidateKey(candidate))) &&
    candidates.every((candidate) => {
      const measured = [...sensitivities.values()].filter(
        (row) => candidateKey(row.candidate) === candidateKey(candidate),
      );
      return measured.length >= shape.depth;
    });
  if (isComplete) return null;
  return (
    <div className="search-job">
      <CommandButton id="search.measure" className="btn btn--small btn--outline">
        <Icon name="play" /> {sensitivities.size === 0 ? 'Measure' : 'Measure the rest'}
      </CommandButton>
      <span className="text">{job.state === 'failed' ? job.sentence : 'Ticked operators'}</span>
      <label
        className="by-itself"
        title="Starts once you rest, never during a run; every job of yours goes first."
      >
        <input
          type="checkbox"
          aria-label="Measure when idle"
          checked={byItself}
          onChange={({ target }) => setBackgroundSearch(target.checked)}
        />
        when idle
      </label>
    </div>
  );
}

type Going = Extract<SearchJob, { readonly state: 'measuring' }>;

function doing(shape: DitShape, job: Going): string {
  if (!job.candidate) return 'Preparing';
  const held = { ...job.candidate, initialisation: 'auto' as const };
  return `${heldLabel(shape, anySlotFor(job.candidate), held)}${timeLeft(job)}`;
}

function timeLeft(job: Going): string {
  const fresh = job.done - job.doneBefore;
  if (fresh <= 0) return '';
  const seconds = ((Date.now() - job.since) / 1000 / fresh) * (job.all - job.done);
  return `, about ${aboutDuration(seconds)} left`;
}
