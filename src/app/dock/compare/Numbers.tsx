// How far the sides are from the first one, in levels of 256, and the control that must not differ at all.
import { planHash } from '../../../plan/hash.ts';
import { useComparison } from '../../../store/comparison.ts';
import { differenceOf } from '../../../store/difference.ts';
import { useSession } from '../../../store/sessionStore.ts';
import type { WeightsOrigin } from '../../../workers/protocol.ts';
import { small } from '../../format/numbers.ts';
import { Icon } from '../../icons/Icon.tsx';
import { CommandButton } from '../../parts/CommandButton.tsx';
import { Letter } from './Tag.tsx';
import { type Compared, type ComparedSide, waitingText } from './useCompared.ts';

export function Numbers({ compared }: { compared: Compared }) {
  const { sides, index, className, seed, step, steps } = compared;
  const [first, ...others] = sides;
  if (!first) return null;
  return (
    <section className="compare-numbers" aria-label="Differences">
      <div className="pane-head">
        <h2 className="head">Difference from {first.letter}</h2>
        <small>levels of 0 to 255</small>
      </div>
      {others.length === 0 ? (
        <p className="caption">
          Graft this plan, or add a side: every plan with a result can stand beside the original, drawn from
          the same noise.
        </p>
      ) : (
        <table className="data-table">
          <thead>
            <tr>
              <th scope="col">Side</th>
              <th scope="col">Mean</th>
              <th scope="col">Largest</th>
              <th scope="col" title="Mean over all pictures">
                All
              </th>
              <th scope="col">FD</th>
            </tr>
          </thead>
          <tbody>
            {others.map((side) => (
              <SideRow key={side.letter} first={first} side={side} index={index} />
            ))}
          </tbody>
        </table>
      )}
      <p className="caption">
        {className}, seed <span className="num">{seed}</span>, step{' '}
        <span className="num">
          {step}/{steps}
        </span>
      </p>
      <IdentityRow />
    </section>
  );
}

const weightWords: Readonly<Record<WeightsOrigin, string>> = {
  pretrained: '',
  trained: '',
  unfinished: 'unfinished run',
  untrained: 'untrained',
};

function SideRow({ first, side, index }: { first: ComparedSide; side: ComparedSide; index: number }) {
  const { letter, choice, strip, frame } = side;
  const { source } = choice;
  const hash = source.kind === 'plan' && source.stage === 'newest' ? planHash(source.plan) : null;
  const distance = useSession((state) =>
    hash === null ? null : (state.summaries[hash]?.distanceGraft ?? null),
  );
  // While one side is still being drawn, its newest frame is not of the step of the other.
  const isSameStep = first.frame && frame && first.frame.step === frame.step;
  const own = isSameStep ? differenceOf(first.frame, frame, index) : null;
  const all = isSameStep ? differenceOf(first.frame, frame) : null;
  const note = strip?.weights ? weightWords[strip.weights] : '';
  return (
    <tr data-side={letter}>
      <th scope="row">
        <Letter letter={letter} isBase={source.kind === 'base'} /> {choice.short}
        {source.kind !== 'identity' && note && !choice.short.includes(note) && (
          <span className="muted"> {note}</span>
        )}
        {!frame && <span className="muted"> {waitingText(side)}</span>}
      </th>
      <td className="num">{own ? own.mean.toFixed(2) : '–'}</td>
      <td className="num">{own ? own.largest : '–'}</td>
      <td className="num">{all ? all.mean.toFixed(2) : '–'}</td>
      <td className="num" title="Fréchet distance to the data, in the features of the Fashion-MNIST CNN">
        {small(distance)}
      </td>
    </tr>
  );
}

function IdentityRow() {
  const identity = useComparison((state) => state.identity);
  return (
    <div className="identity" data-identity={identity?.largest ?? ''}>
      {identity ? (
        <>
          <Icon name={identity.largest === 0 ? 'check' : 'warn'} />
          <span>
            Identity copy of {identity.slots} {identity.slots === 1 ? 'slot' : 'slots'}: largest difference{' '}
            <span className="num strong">{identity.largest}</span> over {identity.pictures} pictures and{' '}
            {identity.steps} steps.
          </span>
        </>
      ) : (
        <span className="muted">
          The base’s own operators, swapped in as copies, must draw the same pictures.
        </span>
      )}
      <CommandButton id="compare.identity" className="btn btn--small btn--outline">
        Check
      </CommandButton>
    </div>
  );
}
