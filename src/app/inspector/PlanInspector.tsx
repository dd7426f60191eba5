// The plan as a whole: its cost against the base, and the recipes of both stages.
import { planHash } from '../../plan/hash.ts';
import { baseCost, planCost } from '../../store/costs.ts';
import { selectPlan, useDocument } from '../../store/documentStore.ts';
import { useSession } from '../../store/sessionStore.ts';
import type { ModelInfo } from '../../workers/protocol.ts';
import { compact, macs } from '../format/numbers.ts';
import { Icon } from '../icons/Icon.tsx';
import { Change, Num } from '../parts/Num.tsx';
import { Recipe } from './Recipe.tsx';
import { stage1Fields, stage2Fields } from './recipeFields.ts';

export function PlanInspector({ model }: { model: ModelInfo }) {
  const plan = useDocument(selectPlan);
  const measurement = useSession((state) => state.measurements[planHash(plan)]);
  const base = baseCost(model.config);
  const now = planCost(model.config, plan);
  const { depth, width, heads, classes } = model.config;
  return (
    <>
      <div className="section who">
        <span className="tile">
          <Icon name="layers" />
        </span>
        <div>
          <h2>{model.label}</h2>
          <p>
            {depth} blocks, width {width}, {heads} heads, {classes} classes
          </p>
        </div>
      </div>
      <div className="section">
        <table className="table">
          <thead>
            <tr>
              <th className="head" scope="col">
                Model
              </th>
              <th scope="col">Base</th>
              <th scope="col">Plan</th>
              <th scope="col">Change</th>
            </tr>
          </thead>
          <tbody>
            <Row
              name="Parameters"
              was={compact(base.parameters)}
              now={compact(now.parameters)}
              from={base.parameters}
              to={now.parameters}
            />
            <Row
              name="MACs per image"
              was={macs(base.macs)}
              now={macs(now.macs)}
              from={base.macs}
              to={now.macs}
            />
            {measurement && (
              <Row
                name={`Measured, batch ${measurement.batch}`}
                was={{ value: measurement.baseMs.toFixed(1), unit: 'ms' }}
                now={{ value: measurement.graftMs.toFixed(1), unit: 'ms' }}
                from={measurement.baseMs}
                to={measurement.graftMs}
              />
            )}
          </tbody>
        </table>
        <p className="caption">MAC = one multiply-add = 2 FLOPs.</p>
      </div>
      <Recipe title="Stage 1, distillation" note="each new operator from its teacher" fields={stage1Fields} />
      <Recipe title="Stage 2, fine-tuning" note="the whole on the diffusion loss" fields={stage2Fields} />
    </>
  );
}

interface RowProps {
  readonly name: string;
  readonly was: { value: string; unit: string };
  readonly now: { value: string; unit: string };
  readonly from: number;
  readonly to: number;
}

function Row({ name, was, now, from, to }: RowProps) {
  return (
    <tr>
      <td>{name}</td>
      <td className="was">
        <Num {...was} />
      </td>
      <td>
        <Num {...now} />
      </td>
      <td>
        <Change now={to} was={from} />
      </td>
    </tr>
  );
}
