// The palette: every operator as a chip, by what it mixes.
import { type KeyboardEvent, useState } from 'react';
import { operators } from '../../operators/index.ts';
import type { Operator } from '../../operators/operator.ts';
import type { SlotKind } from '../../plan/plan.ts';
import { Icon } from '../icons/Icon.tsx';
import { Chip } from './Chip.tsx';

const groups: readonly { readonly kind: SlotKind; readonly title: string; readonly aside: string }[] = [
  { kind: 'sequence', title: 'Sequence mixers', aside: 'MACs vs teacher' },
  { kind: 'channel', title: 'Channel mixers', aside: '' },
];

export function Palette() {
  const [filter, setFilter] = useState('');
  const shown = operators.filter((operator) => found(operator, filter));
  return (
    <>
      <div className="field">
        <Icon name="search" />
        <input
          aria-label="Filter operators"
          placeholder="Filter operators"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
      </div>
      <div
        className="left-body"
        id="left-body"
        role="tabpanel"
        aria-labelledby="left-body-operators"
        onKeyDown={walk}
      >
        {groups.map(({ kind, title, aside }) => {
          const chips = shown.filter((operator) => operator.kind === kind);
          if (chips.length === 0) return null;
          return (
            <section key={kind} aria-label={title}>
              <div className="group">
                <h2 className="head">{title}</h2>
                <span className="aside">{aside}</span>
              </div>
              {chips.map((operator) => (
                <Chip key={operator.id} operator={operator} isTabStop={operator === shown[0]} />
              ))}
            </section>
          );
        })}
        {shown.length === 0 && <p className="empty">No operator is called “{filter}”.</p>}
      </div>
    </>
  );
}

function found(operator: Operator, filter: string): boolean {
  const text = `${operator.label} ${operator.id} ${operator.promise}`.toLowerCase();
  return text.includes(filter.trim().toLowerCase());
}

/** Arrow keys walk the chips; the one that has the focus is the tab stop. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const chips = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-operator]')];
  const at = chips.findIndex((chip) => chip.isSameNode(document.activeElement));
  if (at < 0) return;
  event.preventDefault();
  const next = chips[Math.min(chips.length - 1, Math.max(0, at + step))];
  for (const chip of chips) chip.tabIndex = chip === next ? 0 : -1;
  next?.focus();
}
