// The rails left of a plan: passing branches, where its own comes from, and its dot. A filled dot has trained weights.
import type { TreeRow } from './treeRows.ts';

const pitch = 12;
const height = 28;
const middle = height / 2;
/** Further lanes share the last rail: the names need the room. */
const mostLanes = 6;

const x = (lane: number) => Math.min(lane, mostLanes) * pitch + pitch / 2;

export function Rail({ row, trained }: { row: TreeRow; trained: boolean }) {
  const { lane, startsLane, continues, hidden, isHere } = row;
  const isRoot = row.node.parent === null;
  const at = x(lane);
  const passing = Array.from({ length: Math.min(lane, mostLanes) }, (_, index) => x(index));
  return (
    <svg className="plan-rail" width={x(lane) + pitch / 2} height={height} aria-hidden="true">
      {passing.map((from) => (
        <path key={from} d={`M${from} 0V${height}`} />
      ))}
      {startsLane && <path d={`M${x(lane - 1)} 0C${x(lane - 1)} ${middle - 2} ${at} 4 ${at} ${middle}`} />}
      {!startsLane && !isRoot && (
        <path d={`M${at} 0V${middle}`} strokeDasharray={hidden > 0 ? '2 2.5' : undefined} />
      )}
      {continues && <path d={`M${at} ${middle}V${height}`} />}
      <circle cx={at} cy={middle} r={isHere ? 4 : 3} className={trained ? 'dot is-filled' : 'dot'} />
    </svg>
  );
}
