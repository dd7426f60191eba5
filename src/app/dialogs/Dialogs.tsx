// Whichever dialog is open.
import { useView } from '../../store/viewStore.ts';
import { CommandPalette } from './CommandPalette.tsx';
import { ExportSheet } from './ExportSheet.tsx';
import { OperatorGraph } from './OperatorGraph.tsx';
import { ReplaceFinder } from './ReplaceFinder.tsx';
import { ShortcutsSheet } from './ShortcutsSheet.tsx';
import { StorageSheet } from './StorageSheet.tsx';

export function Dialogs() {
  const dialog = useView((state) => state.dialog);
  if (!dialog) return null;
  switch (dialog.kind) {
    case 'palette':
      return <CommandPalette query={dialog.query} />;
    case 'replace':
      return <ReplaceFinder />;
    case 'shortcuts':
      return <ShortcutsSheet />;
    case 'export':
      return <ExportSheet />;
    case 'storage':
      return <StorageSheet />;
    case 'operatorGraph':
      return <OperatorGraph slot={dialog.slot} />;
    default:
      return dialog satisfies never;
  }
}
