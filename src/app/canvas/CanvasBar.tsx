// The bar above the canvas: the lens, the Select menu, the split; below it what the lens shows, or what can be done.
import { lazy, Suspense } from 'react';
import { selectionPresets } from '../../plan/presets.ts';
import { selectPlan, useDocument } from '../../store/documentStore.ts';
import { bypassedIn } from '../../store/effectivePlan.ts';
import { selectModel, useSession } from '../../store/sessionStore.ts';
import { type Lens, type Split, useView } from '../../store/viewStore.ts';
import { commandById } from '../commands/index.ts';
import { chordText, platform } from '../commands/keys.ts';
import { Icon } from '../icons/Icon.tsx';
import { CommandButton, commandItem, titleWithKeys } from '../parts/CommandButton.tsx';
import { Menu, type MenuItem } from '../parts/Menu.tsx';
import { differingSlots } from './difference.ts';

const LensLegend = lazy(async () => ({ default: (await import('./lens/LensLegend.tsx')).LensLegend }));

export function CanvasBar() {
  const depth = useSession((state) => selectModel(state)?.config.depth ?? 0);
  const isSplit = useView((state) => state.split !== null);
  if (depth === 0) return <div className="canvas-bar" />;
  return (
    <>
      <div className="canvas-bar">
        <LensChoice />
        <span className="spacer" />
        <Menu label="Select slots" items={selectItems} align="right">
          Select <Icon name="down" />
        </Menu>
        <button
          type="button"
          className="btn"
          aria-pressed={isSplit}
          title={titleWithKeys(commandById('view.split'))}
          onClick={() => commandById('view.split').run()}
        >
          <Icon name="split" /> <span className="word">Split</span>
        </button>
      </div>
      <Strip depth={depth} />
    </>
  );
}

const choices: readonly { readonly lens: Lens; readonly label: string }[] = [
  { lens: 'structure', label: 'Structure' },
  { lens: 'cost', label: 'Cost' },
  { lens: 'locality', label: 'Locality' },
  { lens: 'error', label: 'Error' },
  { lens: 'drift', label: 'Drift' },
];

function LensChoice() {
  const lens = useView((state) => state.lens);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a segmented control everywhere.
    <div className="segmented lens-choice" role="group" aria-label="Lens">
      {choices.map(({ lens: id, label }) => {
        const command = commandById(`lens.${id}`);
        const [key] = command.keys;
        return (
          <button
            key={id}
            type="button"
            aria-pressed={id === lens}
            title={titleWithKeys(command)}
            onClick={() => command.run()}
          >
            {label}
            {key && <span className="key">{chordText(key, platform())}</span>}
          </button>
        );
      })}
    </div>
  );
}

function Strip({ depth }: { depth: number }) {
  const lens = useView((state) => state.lens);
  const split = useView((state) => state.split);
  return (
    <div className="canvas-strip">
      {lens === 'structure' ? (
        <Hint depth={depth} />
      ) : (
        <Suspense fallback={null}>
          <LensLegend />
        </Suspense>
      )}
      <span className="spacer" />
      {split && <SplitNote split={split} />}
      <BypassNote />
    </div>
  );
}

function Hint({ depth }: { depth: number }) {
  const selected = useView((state) => state.selection.length);
  const grafted = useDocument((state) => Object.keys(selectPlan(state).slots).length);
  return <span className="hint">{hint(selected, grafted, depth)}</span>;
}

function hint(selected: number, grafted: number, depth: number): string {
  if (selected > 1) return `${selected} slots selected. R replaces them all, X restores the teacher.`;
  if (grafted === 0) return 'Drag an operator from the left onto a slot, or select a slot and press R.';
  return `${grafted} of ${2 * depth} slots grafted`;
}

function SplitNote({ split }: { split: Split }) {
  const edited = useDocument((state) => selectPlan(state).slots);
  const count = differingSlots(split.left.slots ?? edited, split.right.slots ?? edited).length;
  return (
    <span className="note">
      {count === 0 ? 'Both sides are alike' : `${count} ${count === 1 ? 'slot differs' : 'slots differ'}`}
    </span>
  );
}

/** What is bypassed at the moment, and the way to keep it or to take it back. */
function BypassNote() {
  const bypassed = useView((state) => state.bypassed);
  const count = useDocument((state) => bypassedIn(selectPlan(state), bypassed).length);
  if (count === 0) return null;
  return (
    <span className="note note--bypass">
      {count} bypassed
      <CommandButton id="edit.keepBypass" className="btn btn--small">
        Keep
      </CommandButton>
      <CommandButton id="edit.clearBypass" className="btn btn--small">
        Clear
      </CommandButton>
    </span>
  );
}

function selectItems(): MenuItem[] {
  const presets = selectionPresets.map((preset) => ({
    id: preset.id,
    label: preset.label,
    detail: preset.detail,
    run: () => commandById(`select.${preset.id}`).run(),
  }));
  return [
    ...presets,
    commandItem('select.leastLocal'),
    commandItem('select.mostLocal'),
    commandItem('select.sameOperator'),
    commandItem('select.sameKind'),
    commandItem('select.upstream'),
    commandItem('select.downstream'),
  ];
}
