// Every command that has a key, by group; made from the registry, so it cannot be out of date.
import type { CommandGroup } from '../commands/command.ts';
import { commands } from '../commands/index.ts';
import { chordText, platform } from '../commands/keys.ts';
import { Modal, ModalHead } from '../parts/Modal.tsx';
import { type ShortcutLine, shortcutLines } from './shortcutLines.ts';

const groups: readonly CommandGroup[] = ['Edit', 'Select', 'Run', 'Plans', 'File', 'Help', 'View'];

export function ShortcutsSheet() {
  return (
    <Modal label="Keyboard shortcuts" className="sheet">
      <ModalHead title="Keyboard shortcuts" />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area needs the focus to be scrolled by keys. */}
      <div className="dialog-body columns" tabIndex={0}>
        {groups.map((group) => (
          <section key={group}>
            <h3 className="head">{group}</h3>
            {shortcutLines(commands.filter((command) => command.group === group)).map((line) => (
              <Line key={line.id} line={line} />
            ))}
          </section>
        ))}
      </div>
    </Modal>
  );
}

function Line({ line }: { line: ShortcutLine }) {
  return (
    <div className="line">
      <span>{line.title}</span>
      <span className="keys">
        {line.chords.map((chord) => (
          <span key={chord} className="kbd">
            {chordText(chord, platform())}
          </span>
        ))}
      </span>
    </div>
  );
}
