// The operator drawn from its own data: which tokens a token reads, on the teacher's attention; and the filters it learned.
import { useEffect } from 'react';
import { operatorById } from '../../operators/index.ts';
import type { SlotId, SlotPlan } from '../../plan/plan.ts';
import { siteAt, teacherPlan } from '../../store/costs.ts';
import { selectPlan, useDocument } from '../../store/documentStore.ts';
import { filtersKey, measureFilters, selectLocality, useLensMeasures } from '../../store/lensMeasures.ts';
import { useSession } from '../../store/sessionStore.ts';
import type { DitShape, SlotFilters } from '../../workers/protocol.ts';
import { reach } from './reach.ts';

export function OperatorFigure({ slot, shape }: { readonly slot: SlotId; readonly shape: DitShape }) {
  const plan = useDocument(selectPlan);
  const held = plan.slots[slot] ?? teacherPlan(shape, slot);
  const filters = useFilters(slot);
  if (!operatorById(held.operator).sees) return null;
  return (
    <div className="section figure">
      <ReachFigure slot={slot} held={held} shape={shape} />
      {filters?.filters.map(({ name, taps }) => (
        <FilterFigure key={name} name={name} taps={taps} />
      ))}
    </div>
  );
}

/** A grid as wide as this is drawn cell by cell; larger ones would be no picture any more. */
const largestSide = 32;

function ReachFigure({ slot, held, shape }: { slot: SlotId; held: SlotPlan; shape: DitShape }) {
  const locality = useLensMeasures(selectLocality);
  const site = siteAt(shape, slot);
  const sees = operatorById(held.operator).sees?.(held.config, site);
  const [rows, columns] = site.grid;
  if (!sees || Math.max(rows, columns) > largestSide) return null;
  const map = locality?.slots.find((measured) => measured.slot === slot)?.map;
  const query = Math.floor(rows / 2) * columns + Math.floor(columns / 2);
  const { seen, pairShare, mass } = reach(sees, site.tokens, query, map);
  const peak = map ? Math.max(...map.subarray(query * site.tokens, (query + 1) * site.tokens)) : 1;
  const what = `Token ${query} reads ${seen.size} of ${site.tokens} tokens`;
  return (
    <>
      <svg
        className="reach"
        viewBox={`-0.5 -0.5 ${columns} ${rows}`}
        role="img"
        aria-label={`${what}${map ? ', shaded by the teacher’s attention' : ''}`}
      >
        {Array.from({ length: site.tokens }, (_, key) => {
          const share = map ? (map[query * site.tokens + key] ?? 0) / peak : seen.has(key) ? 0.35 : 0;
          const classes = [key === query && 'is-query', seen.has(key) && 'is-seen'];
          return (
            <g key={key} className={classes.filter(Boolean).join(' ')}>
              <rect
                className="reach-token"
                x={(key % columns) - 0.44}
                y={Math.floor(key / columns) - 0.44}
                width="0.88"
                height="0.88"
              />
              <rect
                className="reach-mass"
                x={(key % columns) - 0.44}
                y={Math.floor(key / columns) - 0.44}
                width="0.88"
                height="0.88"
                fillOpacity={share}
              />
            </g>
          );
        })}
      </svg>
      <p>
        {what}.{' '}
        {mass === null ? (
          `${percent(pairShare)} of all pairs.`
        ) : (
          <>
            Holds <strong>{percent(mass)}</strong> of the teacher’s attention with {percent(pairShare)} of the
            pairs.
          </>
        )}
      </p>
    </>
  );
}

function percent(share: number): string {
  const value = share * 100;
  return `${value < 9.95 ? value.toFixed(1) : value.toFixed(0)}\u00a0%`;
}

/** Filters exist once something was trained; they are asked for when they are looked at. */
function useFilters(slot: SlotId): SlotFilters | null {
  const plan = useDocument(selectPlan);
  const summaries = useSession((state) => state.summaries);
  const measured = useLensMeasures((state) => state.filters[filtersKey(plan, slot)]);
  const isGrafted = plan.slots[slot] !== undefined;
  useEffect(() => {
    if (isGrafted && summaries) measureFilters(plan, slot);
  }, [plan, slot, summaries, isGrafted]);
  return measured?.state === 'done' ? measured.value : null;
}

/** How much every position behind a token weighs, the token itself at the right. */
function FilterFigure({ name, taps }: { name: string; taps: readonly number[] }) {
  const peak = Math.max(...taps, 1e-12);
  return (
    <>
      <svg
        className="taps"
        viewBox={`0 0 ${taps.length * 10} 40`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${name}: ${taps.map((tap) => tap.toFixed(3)).join(', ')}`}
      >
        {taps.map((tap, at) => {
          const height = Math.max(0.5, (tap / peak) * 38);
          return <rect key={at} x={at * 10 + 1} y={40 - height} width="8" height={height} />;
        })}
      </svg>
      <p>
        {name}, {taps.length} taps, root mean square over channels; the token itself at the right.
      </p>
    </>
  );
}
