// What the graft did to quality and cost, beside the original. The distance is named after its features; it is no FID.
import { graftedSlots } from '../../../plan/edits.ts';
import { planHash } from '../../../plan/hash.ts';
import { baseCost, planCost } from '../../../store/costs.ts';
import { selectPlan, useDocument } from '../../../store/documentStore.ts';
import { selectModel, useSession } from '../../../store/sessionStore.ts';
import { distanceSamples } from '../../commands/run.ts';
import { compact, percentText, small } from '../../format/numbers.ts';
import { CommandButton } from '../../parts/CommandButton.tsx';
import { ScoringProgress } from './ScoringProgress.tsx';

export const distanceName = 'FD (Fashion-MNIST CNN)';

export function Results() {
  const plan = useDocument(selectPlan);
  const hash = planHash(plan);
  const model = useSession(selectModel);
  const summary = useSession((state) => state.summaries[hash]);
  const distance = useSession((state) => state.distances[hash]);
  const measurement = useSession((state) => state.measurements[hash]);
  const scoring = useSession((state) => state.busy.scoring);
  if (!model || graftedSlots(plan).length === 0) return null;
  const base = baseCost(model.config);
  const now = planCost(model.config, plan);
  const baseDistance = distance?.base ?? summary?.distanceBase ?? null;
  const stage1Distance = distance?.stage1 ?? summary?.distanceStage1 ?? null;
  const graftDistance = distance?.graft ?? summary?.distanceGraft ?? null;
  return (
    <>
      <div className="results" data-results>
        <span className="label">Result</span>
        <span className="label">original</span>
        <span className="label">graft</span>
        <span className="label">change</span>
        {graftDistance !== null && (
          <Line
            name={distanceName}
            was={baseDistance?.toFixed(2)}
            now={graftDistance.toFixed(2)}
            change={baseDistance === null ? '' : percentText(graftDistance, baseDistance)}
          />
        )}
        {stage1Distance !== null && (
          <Line
            name="after stage 1"
            was=""
            now={stage1Distance.toFixed(2)}
            change={baseDistance === null ? '' : percentText(stage1Distance, baseDistance)}
          />
        )}
        <Line
          name="Parameters"
          was={joined(compact(base.parameters))}
          now={joined(compact(now.parameters))}
          change={percentText(now.parameters, base.parameters)}
        />
        <Line
          name="MACs per image"
          was={joined(compact(base.macs))}
          now={joined(compact(now.macs))}
          change={percentText(now.macs, base.macs)}
        />
        {measurement && (
          <Line
            name="Measured"
            was={`${(measurement.baseMs / measurement.batch).toFixed(2)} ms`}
            now={`${(measurement.graftMs / measurement.batch).toFixed(2)} ms`}
            change={percentText(measurement.graftMs, measurement.baseMs)}
          />
        )}
      </div>
      <p className="caption">
        {scoring && <ScoringProgress />}
        {!scoring && !distance && summary && (
          <CommandButton id="run.distance" className="btn btn--small btn--outline">
            Measure the distance over {distanceSamples} images
          </CommandButton>
        )}
        {!measurement && (
          <CommandButton id="run.measure" className="btn btn--small btn--outline">
            Measure ms
          </CommandButton>
        )}
        {graftDistance !== null &&
          `Distance over ${distance?.samples ?? summary?.distanceSamples ?? 0} images of equal seeds; lower is better. `}
        {summary?.heldOutLoss.best != null &&
          `Held-out diffusion loss ${small(summary.heldOutLoss.afterStage1)} after stage 1, ${small(summary.heldOutLoss.best)} after stage 2. `}
        {summary?.flopsShare != null &&
          `Took ${(summary.flopsShare * 100).toPrecision(2)} % of the pretraining compute.`}
      </p>
    </>
  );
}

function Line(props: { name: string; was: string | undefined; now: string | undefined; change: string }) {
  const worse = props.change.startsWith('+');
  return (
    <>
      <span data-result={props.name}>{props.name}</span>
      <span className="num was">{props.was ?? '–'}</span>
      <span className="num">{props.now ?? '–'}</span>
      <span className={worse ? 'num delta delta--more' : 'num delta'}>{props.change}</span>
    </>
  );
}

function joined({ value, unit }: { value: string; unit: string }): string {
  return unit === '' ? value : `${value} ${unit}`;
}
