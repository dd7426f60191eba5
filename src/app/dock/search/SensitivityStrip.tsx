// The sensitivity strip: a row for each candidate, a cell for each block, as warm and as high as the output moves when
// only that slot is swapped. Arrow keys walk the cells; Enter shows the slot on the canvas.
import { type KeyboardEvent, useState } from 'react';
import type { SlotId, SlotKind } from '../../../plan/plan.ts';
import { type Candidate, candidateKey } from '../../../plan/search/candidate.ts';
import { slotBlock, slotId, slotLabel } from '../../../plan/slots.ts';
import { heldLabel } from '../../../store/placing.ts';
import { sensitivityOf, useSearch } from '../../../store/search.ts';
import { candidatesFor, chosenCandidates } from '../../../store/searchPlans.ts';
import { toggleCandidate } from '../../../store/searchSession.ts';
import { select } from '../../../store/viewStore.ts';
import type { DitShape, Sensitivity } from '../../../workers/protocol.ts';
import { fitSlots } from '../../canvas/camera.ts';
import { small } from '../../format/numbers.ts';
import { type Heat, heatLevel, heatOf } from './heat.ts';

const kinds: readonly { readonly kind: SlotKind; readonly title: string }[] = [
  { kind: 'sequence', title: 'Attention of block' },
  { kind: 'channel', title: 'MLP of block' },
];

export function SensitivityStrip({ shape }: { shape: DitShape }) {
  const { sensitivities, chosen } = useSearch();
  const [showsAll, setShowsAll] = useState(false);
  const active = new Set(chosenCandidates(shape, chosen).map(candidateKey));
  const heat = heatOf([...sensitivities.values()].map(({ change }) => change));
  const usual = new Set(chosenCandidates(shape, null).map(candidateKey));
  const measured = new Set([...sensitivities.values()].map(({ candidate }) => candidateKey(candidate)));
  const rows = kinds.map(({ kind, title }) => {
    const all = candidatesFor(shape, kind).map((candidate) => ({ candidate, key: candidateKey(candidate) }));
    return {
      kind,
      title,
      all,
      shown: all.filter(({ key }) => showsAll || [usual, active, measured].some((keys) => keys.has(key))),
    };
  });
  const hidden = rows.reduce((sum, { all, shown }) => sum + all.length - shown.length, 0);
  const first = rows.find(({ shown }) => shown.length > 0)?.shown[0]?.key;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys bubble here from the cells inside.
    <div className="strip" onKeyDown={walk}>
      {rows.map(({ kind, title, shown }) => (
        <table key={kind} aria-label={`Sensitivity, ${title.toLowerCase()}s`}>
          <thead>
            <tr>
              <th scope="col">{title}</th>
              {Array.from({ length: shape.depth }, (_, block) => (
                <th key={block} scope="col" className="num">
                  {block}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ candidate, key }) => (
              <CandidateRow
                key={key}
                shape={shape}
                kind={kind}
                candidate={candidate}
                isChosen={active.has(key)}
                isTabStop={first === key}
                heat={heat}
              />
            ))}
          </tbody>
        </table>
      ))}
      {(hidden > 0 || showsAll) && (
        <button
          type="button"
          className="btn btn--small"
          aria-expanded={showsAll}
          onClick={() => setShowsAll(!showsAll)}
        >
          {showsAll ? 'Fewer operators' : `${hidden} more operators`}
        </button>
      )}
    </div>
  );
}

interface RowProps {
  readonly shape: DitShape;
  readonly kind: SlotKind;
  readonly candidate: Candidate;
  readonly isChosen: boolean;
  readonly isTabStop: boolean;
  readonly heat: Heat;
}

function CandidateRow({ shape, kind, candidate, isChosen, isTabStop, heat }: RowProps) {
  const sensitivities = useSearch((state) => state.sensitivities);
  const slots = Array.from({ length: shape.depth }, (_, block) =>
    slotId(block, kind === 'sequence' ? 'attn' : 'mlp'),
  );
  const [sample] = slots;
  if (!sample) return null;
  const words = heldLabel(shape, sample, { ...candidate, initialisation: 'auto' });
  return (
    <tr className={isChosen ? undefined : 'is-out'} data-candidate={candidate.operator}>
      <th scope="row">
        <label title={`${isChosen ? 'Measured and searched' : 'Left out'}: ${words}`}>
          <input type="checkbox" checked={isChosen} onChange={() => toggleCandidate(candidate)} />
          <span>{words}</span>
        </label>
      </th>
      {slots.map((slot, block) => (
        <td key={slot}>
          <Cell
            slot={slot}
            words={words}
            found={sensitivityOf(sensitivities, slot, candidate)}
            heat={heat}
            isTabStop={isTabStop && block === 0}
          />
        </td>
      ))}
    </tr>
  );
}

interface CellProps {
  readonly slot: SlotId;
  readonly words: string;
  readonly found: Sensitivity | undefined;
  readonly heat: Heat;
  readonly isTabStop: boolean;
}

function Cell({ slot, words, found, heat, isTabStop }: CellProps) {
  const height = found ? heat(found.change) : 0;
  const text = found
    ? `${slotLabel(slot)}, ${words}: output change ${small(found.change)}`
    : `${slotLabel(slot)}, ${words}: not measured`;
  return (
    <button
      type="button"
      className="strip-cell"
      data-sensitivity={slot}
      data-change={found?.change}
      aria-label={text}
      title={text}
      tabIndex={isTabStop ? 0 : -1}
      onClick={() => showSlot(slot)}
    >
      {found && (
        <span className={`heat heat--${heatLevel(height)}`} style={{ height: `${20 + 80 * height}%` }} />
      )}
    </button>
  );
}

export function showSlot(slot: SlotId): void {
  select([slot], slot);
  fitSlots([slotBlock(slot)]);
}

/** Arrow keys move between cells; rows without cells are passed over. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
  const cell = (event.target as HTMLElement).closest<HTMLElement>('.strip-cell');
  if (!step || !cell) return;
  event.preventDefault();
  const rows = [...event.currentTarget.querySelectorAll('tbody tr')].map((row) => [
    ...row.querySelectorAll<HTMLElement>('.strip-cell'),
  ]);
  const row = rows.findIndex((cells) => cells.includes(cell));
  const column = rows[row]?.indexOf(cell) ?? 0;
  const next = rows[row + (step[0] ?? 0)]?.[column + (step[1] ?? 0)];
  if (!next) return;
  cell.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}
