// What the plan may cost, the best plan for it, and the k safest replacements.

import { type Candidate, candidateKey } from '../../../plan/search/candidate.ts';
import { allSlots } from '../../../plan/slots.ts';
import { selectPlan, useDocument } from '../../../store/documentStore.ts';
import { heldLabel } from '../../../store/placing.ts';
import {
  type Budget,
  type BudgetKind,
  changeIn,
  setBudget,
  setSafest,
  useSearch,
} from '../../../store/search.ts';
import { chosenCandidates, planAt, type Search } from '../../../store/searchPlans.ts';
import { gridSides, tokensOf } from '../../../store/tokenCosts.ts';
import type { DitShape } from '../../../workers/protocol.ts';
import { percentText, small } from '../../format/numbers.ts';
import { CommandButton } from '../../parts/CommandButton.tsx';
import { NumberEntry } from '../../parts/NumberEntry.tsx';
import { Segmented } from '../../parts/Segmented.tsx';
import { anySlotFor } from './anySlotFor.ts';
import { costText } from './priceText.ts';
import { composition } from './searchPoints.ts';

const kinds: readonly { readonly value: BudgetKind; readonly label: string }[] = [
  { value: 'macs', label: 'MACs' },
  { value: 'parameters', label: 'Parameters' },
  { value: 'latency', label: 'Latency' },
];

export function BudgetPane({ shape, search }: { shape: DitShape; search: Search | null }) {
  const budget = useSearch((state) => state.budget);
  const needsTimes = useSearch((state) => state.budget.kind === 'latency' && state.base === null);
  const hasSome = useSearch((state) => state.sensitivities.size > 0);
  return (
    <section className="pane budget" aria-label="Budget">
      <div className="pane-head">
        <h2 className="head">Budget</h2>
        <span className="spacer" />
        <Segmented
          label="Budget in"
          choices={kinds}
          value={budget.kind}
          onChange={(kind) => setBudget({ kind })}
        />
      </div>
      <div className="pane-body">
        <BudgetFields shape={shape} budget={budget} />
        {needsTimes && (
          <p className="caption">
            Latency adds up forward times of operators on this machine. They are measured after the
            sensitivities.
          </p>
        )}
        {search && <Outcome shape={shape} search={search} budget={budget} />}
        {hasSome && <Safest shape={shape} />}
        {search && (
          <p className="caption">
            Predicted: squares of the single changes added. That assumes that changes do not act together, and
            counts no training.
            {search.front.slack > 0 &&
              ` Partial plans were thinned: plans are optimal to within ${costText(budget.kind, search.front.slack)}.`}
          </p>
        )}
      </div>
    </section>
  );
}

function BudgetFields({ shape, budget }: { shape: DitShape; budget: Budget }) {
  const own = tokensOf(shape);
  return (
    <div className="budget-fields">
      <span>Save at least</span>
      <NumberEntry
        label="Least saving in percent"
        value={budget.saving}
        min={0}
        max={99}
        step={1}
        onCommit={(saving) => setBudget({ saving })}
      />
      <span>%</span>
      {budget.kind === 'macs' && (
        <label>
          at{' '}
          <select
            className="pick"
            aria-label="Tokens that MACs are counted at"
            value={budget.side ?? Math.sqrt(own)}
            onChange={({ target }) => {
              const side = Number(target.value);
              setBudget({ side: side * side === own ? null : side });
            }}
          >
            {[...new Set([Math.sqrt(own), ...gridSides.filter((side) => side * side >= own)])].map((side) => (
              <option key={side} value={side}>
                {(side * side).toLocaleString('en')} tokens
              </option>
            ))}
          </select>
        </label>
      )}
    </div>
  );
}

function Outcome({ shape, search, budget }: { shape: DitShape; search: Search; budget: Budget }) {
  const present = useDocument(selectPlan);
  const { best, front, price } = search;
  const point = best === null ? undefined : front.points[best];
  if (best === null || !point) {
    const smallest = price.base + (front.points[0]?.cost ?? 0);
    return (
      <p className="budget-none" role="status">
        The smallest plan costs {costText(budget.kind, smallest)} ({percentText(smallest, price.base)}). Tick
        operators that save more, or ask for less.
      </p>
    );
  }
  const cost = price.base + point.cost;
  const plan = planAt(search, best, present);
  return (
    <div className="budget-best">
      <dl>
        <dt>At most</dt>
        <dd className="num muted">{costText(budget.kind, search.limit)}</dd>
        <dt>Best plan</dt>
        <dd className="num">
          {costText(budget.kind, cost)} <span className="muted">{percentText(cost, price.base)}</span>
        </dd>
        <dt>Predicted change</dt>
        <dd className="num">{small(Math.sqrt(point.damage))}</dd>
      </dl>
      <p className="caption" title={composition(shape, plan)}>
        {composition(shape, plan)}
      </p>
      <div className="budget-actions">
        <CommandButton id="search.loadBest" className="btn btn--small btn--outline">
          Load this plan
        </CommandButton>
        <CommandButton id="search.check" className="btn btn--small">
          Check the present plan
        </CommandButton>
      </div>
      {budget.side !== null && budget.kind === 'macs' && (
        <p className="caption">
          Costs at {(budget.side ** 2).toLocaleString('en')} tokens; sensitivities were measured at{' '}
          {tokensOf(shape)}.
        </p>
      )}
    </div>
  );
}

function Safest({ shape }: { shape: DitShape }) {
  const { safest, chosen, sensitivities } = useSearch();
  const changeOf = changeIn(sensitivities);
  const measured = chosenCandidates(shape, chosen).filter((candidate) =>
    allSlots(shape.depth).some((slot) => changeOf(slot, candidate) !== undefined),
  );
  const [first] = measured;
  if (!first) return null;
  const current = measured.find((candidate) => candidateKey(candidate) === safest.candidate) ?? first;
  const words = (candidate: Candidate) =>
    heldLabel(shape, anySlotFor(candidate), { ...candidate, initialisation: 'auto' });
  return (
    <div className="budget-fields budget-safest">
      <NumberEntry
        label="Number of safest slots"
        value={safest.count}
        min={1}
        max={shape.depth}
        step={1}
        onCommit={(count) => setSafest({ count })}
      />
      <span>safest slots:</span>
      <select
        className="pick"
        aria-label="Operator for the safest slots"
        value={candidateKey(current)}
        onChange={({ target }) => setSafest({ candidate: target.value })}
      >
        {measured.map((candidate) => (
          <option key={candidateKey(candidate)} value={candidateKey(candidate)}>
            {words(candidate)}
          </option>
        ))}
      </select>
      <CommandButton id="search.safest" className="btn btn--small btn--outline">
        Replace
      </CommandButton>
    </div>
  );
}
