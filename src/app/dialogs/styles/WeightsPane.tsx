// The weights on show against all trained ones, block by block: their size, and how far they are from the nearest trained
// block and from the mean. A copy shows as memorised, the mean as averaged.
import { type KeyboardEvent, useState } from 'react';
import { useStyles } from '../../../store/styles/stylesStore.ts';
import type { InspectedBlock, Inspection } from '../../../workers/generatorProtocol.ts';
import { small } from '../../format/numbers.ts';
import { Segmented } from '../../parts/Segmented.tsx';
import { startWords } from './startWords.ts';
import { verdict } from './verdict.ts';

export function WeightsPane() {
  const inspection = useStyles((state) => state.inspection);
  if (!inspection) {
    return (
      <div className="empty">
        <strong>Copied, averaged or new?</strong>
        <p>Draw a picture, and its weights are compared with all trained ones, block by block.</p>
      </div>
    );
  }
  if (inspection.state === 'working') {
    return (
      <p className="caption" role="status">
        <span className="busy" /> Comparing with the trained weights…
      </p>
    );
  }
  if (inspection.state === 'failed') return <p className="caption">{inspection.sentence}</p>;
  return <Found found={inspection.value} />;
}

function Found({ found }: { readonly found: Inspection }) {
  const [view, setView] = useState<'bars' | 'table'>('bars');
  const [block, setBlock] = useState(0);
  return (
    <>
      <Verdict found={found} />
      <div className="tune-controls">
        <span className="caption">
          {found.blocks.length} blocks of {found.size}, against {found.concepts} trained concepts
        </span>
        <span className="spacer" />
        <Segmented
          label="Show blocks as"
          choices={[
            { value: 'bars', label: 'Bars' },
            { value: 'table', label: 'Table' },
          ]}
          value={view}
          onChange={(chosen) => setView(chosen)}
        />
      </div>
      {view === 'bars' ? (
        <Bars found={found} block={block} onChange={setBlock} />
      ) : (
        <BlockTable found={found} />
      )}
    </>
  );
}

function Verdict({ found }: { readonly found: Inspection }) {
  const { adapter, nearest, mean, typical } = found;
  const who = adapter.weights === 'tuned' ? 'Fine-tuned' : startWords[adapter.start].label;
  const rows = [
    { title: `Distance to the nearest trained weights, “${nearest.phrase}”`, value: nearest.distance },
    { title: 'Distance to the mean of all trained weights', value: mean },
    { title: 'Usual between trained weights', value: typical },
  ];
  return (
    <div className="weights-verdict">
      <p className="strong">
        {who}: {verdict(found)}
      </p>
      <dl>
        {rows.map(({ title, value }) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd className="num">{small(value)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

interface BarsProps {
  readonly found: Inspection;
  readonly block: number;
  onChange(block: number): void;
}

/** Three strips over one axis of blocks; what the pointer or the arrow keys are on is read out below. */
function Bars({ found, block, onChange }: BarsProps) {
  const { blocks, layers } = found;
  const shown = blocks[block];
  const onKeyDown = (event: KeyboardEvent) => {
    const next = { ArrowRight: block + 1, ArrowLeft: block - 1, Home: 0, End: blocks.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    onChange(Math.min(blocks.length - 1, Math.max(0, next)));
  };
  const reading = shown ? readingOf(shown, block) : '';
  return (
    <div
      className="blocks"
      role="slider"
      tabIndex={0}
      aria-label="Blocks of weights"
      aria-valuemin={0}
      aria-valuemax={blocks.length - 1}
      aria-valuenow={block}
      aria-valuetext={reading}
      onKeyDown={onKeyDown}
    >
      <Strip
        title="Norm, over that of trained blocks"
        blocks={blocks}
        block={block}
        onChange={onChange}
        of={({ normRatio }) => normRatio}
        mark={() => 1}
      />
      <Strip
        title="Distance to the nearest trained block"
        blocks={blocks}
        block={block}
        onChange={onChange}
        of={({ nearest }) => nearest}
        mark={({ typical }) => typical}
      />
      <Strip
        title="Distance to the mean"
        blocks={blocks}
        block={block}
        onChange={onChange}
        of={({ mean }) => mean}
        mark={({ typical }) => typical}
      />
      <div className="block-groups" aria-hidden="true">
        {layers.map(({ name, blocks: count }) => (
          <span key={name} style={{ flexGrow: count }} title={`Layer ${name}, ${count} blocks`}>
            {name}
          </span>
        ))}
      </div>
      <p className="caption block-reading">{reading}</p>
      <p className="caption">
        The line across a bar: {found.concepts > 1 ? 'what is usual between trained weights' : 'one'}.
      </p>
    </div>
  );
}

function readingOf({ group, normRatio, nearest, phrase, mean }: InspectedBlock, block: number): string {
  return `Block ${block}, ${group}: norm ${small(normRatio)}×, ${small(nearest)} from “${phrase}”, ${small(mean)} from the mean`;
}

interface StripProps {
  readonly title: string;
  readonly blocks: readonly InspectedBlock[];
  readonly block: number;
  of(block: InspectedBlock): number;
  mark(block: InspectedBlock): number;
  onChange(block: number): void;
}

const height = 56;

function Strip({ title, blocks, block, of, mark, onChange }: StripProps) {
  const top = Math.max(1e-9, ...blocks.map(of), ...blocks.map(mark)) * 1.05;
  const y = (value: number) => height - (height * Math.min(value, top)) / top;
  return (
    <div className="block-strip">
      <span className="caption">{title}</span>
      <svg viewBox={`0 0 ${blocks.length} ${height}`} preserveAspectRatio="none" aria-hidden="true">
        {blocks.map((each, n) => (
          <g
            key={`${title} ${n}`}
            className={n === block ? 'is-read' : undefined}
            onPointerEnter={() => onChange(n)}
          >
            <rect className="room" x={n} y={0} width={1} height={height} />
            <rect className="bar" x={n + 0.12} y={y(of(each))} width={0.76} height={height - y(of(each))} />
            <path className="mark" d={`M${n + 0.04} ${y(mark(each))}h0.92`} />
          </g>
        ))}
      </svg>
      <span className="num">{small(top / 1.05)}</span>
    </div>
  );
}

function BlockTable({ found }: { readonly found: Inspection }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area needs the focus to be scrolled by keys.
    <div className="blocks-table" tabIndex={0}>
      <table className="data-table" aria-label="Blocks as numbers">
        <thead>
          <tr>
            <th scope="col">Block</th>
            <th scope="col" className="is-text">
              Part
            </th>
            <th scope="col">Norm ×</th>
            <th scope="col">Nearest</th>
            <th scope="col">Mean</th>
            <th scope="col" className="is-text">
              Nearest of
            </th>
          </tr>
        </thead>
        <tbody>
          {found.blocks.map((block, n) => (
            <tr key={n}>
              <th scope="row" className="num">
                {n}
              </th>
              <td className="is-text">{block.group}</td>
              <td className="num">{small(block.normRatio)}</td>
              <td className="num">{small(block.nearest)}</td>
              <td className="num">{small(block.mean)}</td>
              <td className="is-text">{block.phrase}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
