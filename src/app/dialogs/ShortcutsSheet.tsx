// Every command that has a key, by group; made from the registry, so it cannot be out of date.

import type { Command, CommandGroup } from '../commands/command.ts';
import { commands } from '../commands/index.ts';
import { chordText, platform } from '../commands/keys.ts';
import { Modal, ModalHead } from '../parts/Modal.tsx';

const groups: readonly CommandGroup[] = ['Edit', 'Select', 'View', 'Run', 'Plans', 'File', 'Help'];

export function ShortcutsSheet() {
  return (
    <Modal label="Keyboard shortcuts" className="sheet">
      <ModalHead title="Keyboard shortcuts" />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area needs the focus to be scrolled by keys. */}
      <div className="dialog-body columns" tabIndex={0}>
        {groups.map((group) => (
          <section key={group}>
            <h3 className="head">{group}</h3>
            {commands
              .filter((command) => command.group === group && command.keys.length > 0)
              .map((command) => (
                <Line key={command.id} command={command} />
              ))}
          </section>
        ))}
      </div>
    </Modal>
  );
}

function Line({ command }: { command: Command }) {
  return (
    <div className="line">
      <span>{command.title}</span>
      <span className="keys">
        {command.keys.map((chord) => (
          <span key={chord} className="kbd">
            {chordText(chord, platform())}
          </span>
        ))}
      </span>
    </div>
  );
}
