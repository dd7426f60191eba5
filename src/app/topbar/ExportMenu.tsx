// Export: the sheet with one press, each format and file from the menu beside it.
import { commands } from '../commands/index.ts';
import { Icon } from '../icons/Icon.tsx';
import { CommandButton, commandItem } from '../parts/CommandButton.tsx';
import { Menu, type MenuItem } from '../parts/Menu.tsx';

export function ExportMenu() {
  return (
    <span className="split-button">
      <CommandButton id="file.export" className="btn btn--outline">
        <Icon name="export" /> Export
      </CommandButton>
      <Menu label="Export and save" items={exportItems} className="btn btn--outline btn--icon" align="right">
        <Icon name="down" />
      </Menu>
    </span>
  );
}

function exportItems(): MenuItem[] {
  // Formats that have a command of their own.
  const formats = commands.filter(({ id }) => id.startsWith('export.')).map(({ id }) => commandItem(id));
  return [
    commandItem('file.export'),
    ...formats,
    { ...commandItem('file.save'), startsGroup: true },
    commandItem('file.saveWeights'),
    commandItem('file.savePlan'),
    commandItem('file.link'),
  ];
}
