// The command palette: commands with `>`, slots with `@`, both without; and sentences such as `mlp 3x on 8-11`.
import { operators } from '../../operators/index.ts';
import type { SlotId } from '../../plan/plan.ts';
import { allSlots, slotLabel } from '../../plan/slots.ts';
import { currentPlan } from '../../store/documentStore.ts';
import { heldLabel } from '../../store/placing.ts';
import { model } from '../../store/sessionStore.ts';
import { select } from '../../store/viewStore.ts';
import type { DitShape } from '../../workers/protocol.ts';
import { reveal } from '../canvas/camera.ts';
import { placeAndFocus } from '../canvas/placeAndFocus.ts';
import { commands } from '../commands/index.ts';
import { chordText, platform } from '../commands/keys.ts';
import { parseReplacePhrase } from '../commands/phrase.ts';
import { operatorIcon } from '../icons/operatorIcon.ts';
import { Finder, type Found, hasWords } from './Finder.tsx';

const hints = ['> commands', '@ slots', 'mlp 3x on 8-11'];

export function CommandPalette({ query }: { query: string }) {
  return (
    <Finder
      label="Search or run a command"
      placeholder="Search or run a command"
      initial={query}
      hints={hints}
      find={find}
    />
  );
}

function find(query: string): readonly Found[] {
  if (query.startsWith('>')) return foundCommands(query.slice(1).trim());
  if (query.startsWith('@')) return foundSlots(query.slice(1).trim());
  const words = query.trim();
  return [...foundPhrase(words), ...foundCommands(words), ...(words === '' ? [] : foundSlots(words))];
}

function foundCommands(words: string): Found[] {
  return commands
    .filter((command) => hasWords(`${command.group} ${command.title} ${command.keywords ?? ''}`, words))
    .map((command) => ({
      id: command.id,
      title: command.title,
      unavailable: command.unavailable(),
      run: () => command.run(),
      ...(command.icon === undefined ? {} : { icon: command.icon }),
      ...(command.keys[0] === undefined ? {} : { keys: chordText(command.keys[0], platform()) }),
    }));
}

function foundSlots(words: string): Found[] {
  const info = model();
  if (!info) return [];
  return allSlots(info.config.depth)
    .map((slot) => slotEntry(slot, info.config))
    .filter((entry) => hasWords(`${entry.title} ${entry.detail ?? ''}`, words));
}

function slotEntry(slot: SlotId, shape: DitShape): Found {
  return {
    id: slot,
    title: slotLabel(slot),
    detail: heldLabel(shape, slot, currentPlan().slots[slot]),
    icon: slot.endsWith('attn') ? 'attention' : 'mlp',
    unavailable: null,
    run: () => {
      select([slot]);
      reveal(slot);
    },
  };
}

function foundPhrase(words: string): Found[] {
  const phrase = parseReplacePhrase(words, operators, model()?.config.depth ?? 0);
  if (!phrase) return [];
  const { operator, variant, slots } = phrase;
  const values = Object.entries(variant ?? {}).map(([name, value]) => ` ${name} ${value}`);
  return [
    {
      id: 'phrase',
      title: `Put ${operator.label}${values.join('')} on ${slots.length === 1 && slots[0] ? slotLabel(slots[0]) : `${slots.length} slots`}`,
      icon: operatorIcon(operator.id),
      unavailable: null,
      run: () => placeAndFocus(slots, operator.id, variant),
    },
  ];
}
