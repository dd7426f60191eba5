// All plans that matter, newest last, with what came of each: distance, cost, time, small pictures.
import { useMemo } from 'react';
import { planHash } from '../../../plan/hash.ts';
import type { PlanNode } from '../../../plan/history.ts';
import { goToPlan, useDocument } from '../../../store/documentStore.ts';
import { type Against, nodeName, planFigures } from '../../../store/planFigures.ts';
import { usePlanResults } from '../../../store/planResults.ts';
import type { Thumbnails } from '../../../store/resultRecord.ts';
import { selectModel, useSession } from '../../../store/sessionStore.ts';
import type { DitShape } from '../../../workers/protocol.ts';
import { clockTime, compact, macs } from '../../format/numbers.ts';
import { treeRows } from '../../left/plans/treeRows.ts';
import { Change, Num } from '../../parts/Num.tsx';
import { distanceName } from '../run/Results.tsx';
import { SmallPicture } from './SmallPicture.tsx';

export function PlanTable() {
  const history = useDocument((state) => state.history);
  const model = useSession(selectModel);
  const summaries = useSession((state) => state.summaries);
  const nodes = useMemo(
    () => treeRows(history, (node) => summaries[planHash(node.plan)] !== undefined).map((row) => row.node),
    [history, summaries],
  );
  const hasPictures = usePlanResults(({ byHash }) =>
    nodes.some((node) => byHash.get(planHash(node.plan))?.thumbnails),
  );
  if (!model) return null;
  return (
    <div className="plan-table">
      <table className="table">
        <thead>
          <tr>
            <th className="head" scope="col">
              Plan
            </th>
            {hasPictures && (
              <th scope="col" className="pictures">
                Pictures
              </th>
            )}
            <th scope="col" title={distanceName}>
              FD
            </th>
            <th scope="col">Parameters</th>
            <th scope="col">MACs</th>
            <th scope="col">ms per image</th>
            <th scope="col">Made</th>
          </tr>
        </thead>
        <tbody>
          {nodes.map((node) => (
            <Row
              key={node.id}
              node={node}
              name={nodeName(history, node)}
              isHere={node.id === history.here}
              hasPictures={hasPictures}
              shape={model.config}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  readonly node: PlanNode;
  readonly name: string;
  readonly isHere: boolean;
  /** Some plan of the table has pictures, so there is a column for them. */
  readonly hasPictures: boolean;
  readonly shape: DitShape;
}

function Row({ node, name, isHere, hasPictures, shape }: RowProps) {
  const hash = planHash(node.plan);
  const summaries = useSession((state) => state.summaries);
  const distances = useSession((state) => state.distances);
  const measurements = useSession((state) => state.measurements);
  const result = usePlanResults((state) => state.byHash.get(hash));
  const source = { summaries, distances, measurements, run: null };
  const figures = planFigures(hash, node.plan, shape, source, result);
  const isBase = figures.state === 'pretrained';
  return (
    <tr className={isHere ? 'is-here' : undefined} data-plan-row={node.id}>
      <td>
        <button type="button" className="plan-link" aria-current={isHere} onClick={() => goToPlan(node.id)}>
          <span className="num hash">{isBase ? 'base' : hash.slice(0, 4)}</span> {name}
        </button>
      </td>
      {hasPictures && (
        <td className="pictures">
          <Pictures thumbnails={figures.thumbnails} name={name} />
        </td>
      )}
      <td>
        <Figure against={figures.distance} isBase={isBase} digits={2} />
      </td>
      <td>
        <Num {...compact(figures.parameters.now)} />
        {!isBase && <Change {...figures.parameters} />}
      </td>
      <td>
        <Num {...macs(figures.macs.now)} />
        {!isBase && <Change {...figures.macs} />}
      </td>
      <td>
        <Figure against={figures.milliseconds} isBase={isBase} digits={2} />
      </td>
      <td className="was">{clockTime(node.made)}</td>
    </tr>
  );
}

function Figure({ against, isBase, digits }: { against: Against | null; isBase: boolean; digits: number }) {
  if (!against) return <span className="none">–</span>;
  return (
    <>
      <Num value={against.now.toFixed(digits)} />
      {!isBase && <Change {...against} />}
    </>
  );
}

function Pictures({ thumbnails, name }: { thumbnails: Thumbnails | null; name: string }) {
  if (!thumbnails) return null;
  const all = Array.from({ length: thumbnails.count }, (_, index) => index);
  return (
    <span className="small-pictures" role="img" aria-label={`Pictures of ${name}`}>
      {all.map((index) => (
        <SmallPicture key={index} thumbnails={thumbnails} index={index} />
      ))}
    </span>
  );
}
