// The one button: what comes next and how long it takes, then how far it is; beside it pause and stop.
import { graftedSlots, slotEntries } from '../../../plan/edits.ts';
import { planCost, slotCost } from '../../../store/costs.ts';
import { selectPlan, useDocument } from '../../../store/documentStore.ts';
import { type Estimate, estimateRun } from '../../../store/estimate.ts';
import { selectModel, useSession } from '../../../store/sessionStore.ts';
import { useSpeed } from '../../../store/speed.ts';
import { runCommand } from '../../commands/index.ts';
import { Icon } from '../../icons/Icon.tsx';
import { CommandButton } from '../../parts/CommandButton.tsx';
import { graftFace } from './nextStep.ts';

export function GraftButton() {
  const plan = useDocument(selectPlan);
  const opened = useSession((state) => selectModel(state) !== null);
  const starting = useSession((state) => state.busy.starting);
  const run = useSession((state) => state.run);
  const refusal = useSession((state) => selectModel(state)?.limits?.training ?? null);
  const estimate = useEstimate();
  const face = graftFace({ opened, starting, grafted: graftedSlots(plan).length, run, estimate });
  if (face.kind === 'idle') {
    return (
      <button
        type="button"
        className="btn btn--primary"
        data-command="run.graft"
        title={refusal ?? face.hint}
        disabled={!face.enabled || refusal !== null}
        onClick={() => runCommand('run.graft')}
      >
        <Icon name="graft" /> {face.text}
      </button>
    );
  }
  const percent = Math.round(face.fraction * 100);
  return (
    <>
      <span
        className="run"
        role="progressbar"
        aria-label={face.text}
        aria-valuenow={percent}
        aria-valuemin={0}
        aria-valuemax={100}
        style={{ '--v': `${percent}%` } as React.CSSProperties}
      >
        <Icon name={face.paused ? 'pause' : 'graft'} /> {face.text}
        <span className="num">{percent}%</span>
      </span>
      <CommandButton id="run.pause">
        <Icon name={face.paused ? 'play' : 'pause'} />
      </CommandButton>
      <CommandButton id="run.stop" />
    </>
  );
}

export function useEstimate(): Estimate | null {
  const plan = useDocument(selectPlan);
  const model = useSession(selectModel);
  const macsPerMs = useSpeed((state) => state.macsPerMs);
  if (!model) return null;
  const slotMacs = slotEntries(plan).map(([slot, held]) => slotCost(model.config, slot, held).macs);
  return estimateRun(plan, { slotMacs, modelMacs: planCost(model.config, plan).macs }, macsPerMs);
}
