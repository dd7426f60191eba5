// Ways to learn the editor: commands, keys, the tour and the finished demo.
import { commandItem } from '../parts/CommandButton.tsx';
import { Menu, type MenuItem } from '../parts/Menu.tsx';

export function HelpMenu() {
  return (
    <Menu label="Help" items={helpItems} className="btn btn--icon" align="right">
      ?
    </Menu>
  );
}

function helpItems(): MenuItem[] {
  return [
    commandItem('help.tour'),
    commandItem('help.demo'),
    { ...commandItem('help.commands'), startsGroup: true },
    commandItem('help.shortcuts'),
  ];
}
