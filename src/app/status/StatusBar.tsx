// The status bar: the plan's cost against the base, what the trainer is doing, when the plan was saved, and whether it works
// with the network off.
import { graftedSlots } from '../../plan/edits.ts';
import { planHash } from '../../plan/hash.ts';
import { useBackgroundSpeed } from '../../store/backgroundSpeed.ts';
import { baseCost, planCost } from '../../store/costs.ts';
import { selectPlan, useDocument } from '../../store/documentStore.ts';
import { useOffline } from '../../store/offline.ts';
import { selectModel, useSession } from '../../store/sessionStore.ts';
import type { DitShape } from '../../workers/protocol.ts';
import { runCommand } from '../commands/index.ts';
import { clockTime, compact, macs } from '../format/numbers.ts';
import { Change, Num } from '../parts/Num.tsx';

export function StatusBar() {
  const model = useSession(selectModel);
  return (
    <footer className="status-bar">
      {model && <PlanCost shape={model.config} />}
      <StepTime />
      <BackgroundSpeed />
      <Job />
      <span className="spacer" />
      <Saved />
      <Offline />
      <button type="button" title="Keyboard shortcuts (?)" onClick={() => runCommand('help.shortcuts')}>
        Shortcuts <span className="kbd">?</span>
      </button>
    </footer>
  );
}

function PlanCost({ shape }: { shape: DitShape }) {
  const plan = useDocument(selectPlan);
  const measurement = useSession((state) => state.measurements[planHash(plan)]);
  const base = baseCost(shape);
  const now = planCost(shape, plan);
  const grafted = graftedSlots(plan).length > 0;
  return (
    <>
      <span data-status="parameters">
        <b>
          <Num {...compact(now.parameters)} />
        </b>{' '}
        params
        {grafted && <Delta now={now.parameters} was={base.parameters} />}
      </span>
      <span data-status="macs">
        <b>
          <Num {...macs(now.macs)} />
        </b>{' '}
        per image
        {grafted && <Delta now={now.macs} was={base.macs} />}
      </span>
      {measurement && (
        <span data-status="milliseconds">
          <b>
            <Num value={(measurement.graftMs / measurement.batch).toFixed(2)} unit="ms" />
          </b>{' '}
          per image
          {grafted && <Delta now={measurement.graftMs} was={measurement.baseMs} />}
        </span>
      )}
    </>
  );
}

function Delta({ now, was }: { now: number; was: number }) {
  return (
    <span className="delta">
      <Change now={now} was={was} />
    </span>
  );
}

/** Of the run on show: the one that goes on, or the one that gave the present plan its weights. */
function StepTime() {
  const milliseconds = useSession((state) => state.run?.millisecondsPerStep ?? null);
  if (milliseconds === null) return null;
  return (
    <span data-status="step">
      <b>
        <Num value={milliseconds < 10 ? milliseconds.toFixed(1) : milliseconds.toFixed(0)} unit="ms" />
      </b>{' '}
      per step
    </span>
  );
}

/** After a run was slowed down out of sight; the browser does that, and only a visible tab undoes it. */
function BackgroundSpeed() {
  const percent = useBackgroundSpeed((state) => state.percent);
  if (percent === null) return null;
  return (
    <span
      data-status="background"
      title="The browser slowed the run down while this tab was hidden. Keep the tab visible, in a window of its own, to train at full speed."
    >
      Background: <b>{percent} %</b> speed
    </span>
  );
}

function Job() {
  const status = useSession((state) => state.status);
  if (!status) return null;
  return (
    <span className="job">
      {status.text}
      {status.fraction !== null && (
        <span className="meter">
          <i style={{ width: `${status.fraction * 100}%` }} />
        </span>
      )}
    </span>
  );
}

function Saved() {
  const savedAt = useDocument((state) => state.savedAt);
  if (savedAt === null) return null;
  return <span>Saved {clockTime(savedAt)}</span>;
}

/** Only when it is true. */
function Offline() {
  const ready = useOffline((state) => state.ready);
  if (!ready) return null;
  return (
    <span data-status="offline">
      <i className="dot" /> Works offline
    </span>
  );
}
