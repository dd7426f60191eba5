// What the colours and bars of the lens mean, its own settings, and the way to its table.
import { useEffect } from 'react';
import { planHash } from '../../../plan/hash.ts';
import { selectPlan, useDocument } from '../../../store/documentStore.ts';
import { measureLocality, measureStreamError, useLensMeasures } from '../../../store/lensMeasures.ts';
import { useSession } from '../../../store/sessionStore.ts';
import { gridSides, modelMacsAt, scoreShare, tokensOf } from '../../../store/tokenCosts.ts';
import { setCostTokens, setErrorBin, showLensTable, useView } from '../../../store/viewStore.ts';
import { macsText, percentText } from '../../format/numbers.ts';
import { Icon } from '../../icons/Icon.tsx';
import { Bars } from './LensSign.tsx';
import { type LensFacts, timestepBins } from './lens.ts';
import { useReadings } from './readings.ts';

export function LensLegend() {
  const { lens, range, facts } = useReadings();
  const isOpen = useView((state) => state.lensTable);
  const shown = facts.get('only') ?? facts.get('right');
  if (!lens || !shown) return null;
  const write = (value: number) => {
    const { value: number, unit } = lens.columns[0].write(value);
    return unit === '' ? number : `${number} ${unit}`;
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out in a row everywhere.
    <div className="lens-legend" role="group" aria-label={`Legend of the lens ${lens.label}`}>
      {lens.id === 'cost' && <TokenSlider facts={shown} />}
      {lens.id === 'locality' && <LocalityNote />}
      {lens.id === 'error' && <ErrorSettings hasBins={range !== null} />}
      {range ? (
        <>
          <span className="scale" title={lens.quantity}>
            {lens.id !== 'cost' && lens.id !== 'locality' && <span>{lens.quantity}</span>}
            <span className="num">{write(range.low)}</span>
            {([1, 2, 3, 4] as const).map((level) => (
              <Bars key={level} level={level} />
            ))}
            <span className="num">{write(range.high)}</span>
          </span>
          <button
            type="button"
            className="btn btn--icon btn--small"
            aria-label={`Table of the lens ${lens.label}`}
            title="Table (T)"
            aria-expanded={isOpen}
            onClick={() => showLensTable(!isOpen)}
          >
            <Icon name="table" />
          </button>
        </>
      ) : (
        lens.missing !== '' && lens.id !== 'locality' && <span className="hint">{lens.missing}</span>
      )}
    </div>
  );
}

/** The lengths that can be chosen: the model's own among them. */
function lengths(own: number): number[] {
  return [...new Set([...gridSides.map((side) => side ** 2), own])].sort((a, b) => a - b);
}

function TokenSlider({ facts: { shape, slots, tokens } }: { facts: LensFacts }) {
  const own = tokensOf(shape);
  const choices = lengths(own);
  const base = modelMacsAt(shape, {}, tokens);
  const now = modelMacsAt(shape, slots, tokens);
  const share = `${(100 * scoreShare(shape, tokens)).toFixed(1)} %`;
  return (
    <>
      <label className="tokens">
        <span>Tokens</span>
        <input
          type="range"
          min={0}
          max={choices.length - 1}
          value={Math.max(0, choices.indexOf(tokens))}
          aria-label="Tokens that costs are counted at"
          aria-valuetext={`${tokens} tokens`}
          // Arrows move the slider, not the selection on the canvas.
          onKeyDown={(event) => event.stopPropagation()}
          onChange={(event) => {
            const chosen = choices[Number(event.target.value)] ?? own;
            setCostTokens(chosen === own ? null : chosen);
          }}
        />
        <output className="num">{tokens.toLocaleString('en-US').replaceAll(',', '\u2009')}</output>
      </label>
      <span className="fact" title="q kᵀ and its product with v: all that a cheaper sequence mixer can save">
        scores {share} of a block
      </span>
      <span className="fact" title="Multiply-adds of the whole model, one image">
        model {macsText(now)}
        {now !== base && <strong> {percentText(now, base)}</strong>}
      </span>
    </>
  );
}

function LocalityNote() {
  const locality = useLensMeasures((state) => state.locality);
  const modelId = useLensMeasures((state) => state.model);
  const open = useSession((state) => (state.opening.state === 'ready' ? state.opening.model.id : null));
  useEffect(measureLocality, [open, modelId]);
  if (!locality || locality.state === 'measuring')
    return <span className="hint">Measuring the base’s attention maps…</span>;
  if (locality.state === 'failed') return <span className="hint">{locality.sentence}</span>;
  const { k, tokens, images } = locality.value;
  return (
    <span className="fact" title={`Mean over heads, ${images} held-out images and random timesteps`}>
      attention within ± {k} of {tokens} tokens, base
    </span>
  );
}

function ErrorSettings({ hasBins }: { hasBins: boolean }) {
  const bin = useView((state) => state.errorBin);
  const plan = useDocument(selectPlan);
  const summary = useSession((state) => state.summaries[planHash(plan)]);
  useEffect(() => measureStreamError(plan), [plan, summary]);
  if (!hasBins) return null;
  const width = 1000 / timestepBins;
  return (
    <label className="tokens">
      <span className="sr">Timesteps</span>
      <select
        aria-label="Timesteps that the error is shown of"
        value={bin ?? 'all'}
        onChange={(event) => setErrorBin(event.target.value === 'all' ? null : Number(event.target.value))}
      >
        <option value="all">all timesteps</option>
        {Array.from({ length: timestepBins }, (_, at) => (
          <option key={at} value={at}>
            t {at * width} to {(at + 1) * width - 1}
          </option>
        ))}
      </select>
    </label>
  );
}
