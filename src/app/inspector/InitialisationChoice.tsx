// How the new operator's weights start, with the error before training of each way that was measured.
import { useEffect } from 'react';
import { operatorById } from '../../operators/index.ts';
import { setInitialisation } from '../../plan/edits.ts';
import type { Initialisation, SlotId } from '../../plan/plan.ts';
import { slotLabel } from '../../plan/slots.ts';
import { siteAt } from '../../store/costs.ts';
import { bundledBase, currentPlan, editPlan, selectPlan, useDocument } from '../../store/documentStore.ts';
import { selectSlotProgress, useSession } from '../../store/sessionStore.ts';
import { lookAtWritten, useWritten } from '../../store/written.ts';
import type { DitShape } from '../../workers/protocol.ts';
import { small } from '../format/numbers.ts';
import { common } from './commonFields.ts';
import { WrittenWeights } from './WrittenWeights.tsx';

const names: Readonly<Record<Initialisation, string>> = {
  auto: 'Best of all',
  random: 'Random',
  inherit: 'Inherit',
  ridge: 'Ridge fit',
  generated: 'Generated',
};

const words: Readonly<Record<Initialisation, string>> = {
  auto: 'Measures every way and starts from the lowest error',
  random: 'Fresh random weights, as in the paper',
  inherit: 'Takes over the teacher’s weights where they fit',
  ridge: 'Random features, output layer solved in closed form',
  generated: 'Written by the weight generator for this operator, layer and settings',
};

interface Props {
  readonly shape: DitShape;
  readonly slots: readonly SlotId[];
}

export function InitialisationChoice({ shape, slots }: Props) {
  const plan = useDocument(selectPlan);
  const [first] = slots;
  const progress = useSession(selectSlotProgress(first ?? 'blocks.0.attn'));
  // A model whose header alone is known has no trainer yet that could be asked.
  const hasGenerator = useSession(
    ({ opening }) => opening.state === 'ready' && opening.model.id === bundledBase,
  );
  const value = common(slots.map((slot) => plan.slots[slot]?.initialisation));
  const allowed = slots.map((slot) => {
    const held = plan.slots[slot];
    return held ? operatorById(held.operator).initialisations(held.config, siteAt(shape, slot)) : [];
  });
  const [some = []] = allowed;
  const written = useWritten((state) => state.slots);
  // A run of before may have had no generator to ask.
  const known =
    progress?.initial.generated !== undefined || written?.some(({ slot }) => slots.includes(slot)) === true;
  // Another slot is another look.
  useEffect(() => {
    if (hasGenerator) void lookAtWritten(plan);
  }, [hasGenerator, plan, first]);
  const hasGenerated = known || value === 'generated';
  const ways: Initialisation[] = [
    'auto',
    ...some.filter((way) => allowed.every((others) => others.includes(way))),
    ...(hasGenerated ? (['generated'] as const) : []),
  ];
  const set = (way: Initialisation) => {
    const where = slots.length === 1 && first ? slotLabel(first) : `${slots.length} slots`;
    editPlan({
      plan: setInitialisation(currentPlan(), slots, way),
      label: `${names[way]} start on ${where}`,
    });
  };
  const errors = Object.values(progress?.initial ?? {});
  const worst = Math.max(1e-9, ...errors);
  return (
    <>
      <div className="section">
        <h3 className="head">
          Initialisation {value === null && <small>mixed</small>}{' '}
          {errors.length > 0 && slots.length === 1 && <small>error before training</small>}
        </h3>
        <div role="radiogroup" aria-label="Initialisation">
          {ways.map((way) => {
            const error = way === 'auto' || slots.length > 1 ? undefined : progress?.initial[way];
            return (
              // biome-ignore lint/a11y/useSemanticElements: a row with a meter, larger than a native radio button.
              <button
                key={way}
                type="button"
                role="radio"
                aria-checked={way === value}
                className={way === progress?.chosen ? 'init is-chosen' : 'init'}
                title={words[way]}
                onClick={() => set(way)}
              >
                <i className="radio" />
                <span>{names[way]}</span>
                {error === undefined ? (
                  <span />
                ) : (
                  <span className="meter">
                    <i style={{ width: `${Math.min(100, (error / worst) * 100)}%` }} />
                  </span>
                )}
                <span className="num">{error === undefined ? '' : small(error)}</span>
              </button>
            );
          })}
        </div>
        {!known && (written || !hasGenerator) && (
          <p className="caption">
            {hasGenerator
              ? 'The weight generator does not know this operator in this layer.'
              : 'Generated starts need a weight generator of operators for this model; there is one for the bundled base.'}
          </p>
        )}
      </div>
      {known && hasGenerator && <WrittenWeights slots={slots} />}
    </>
  );
}
