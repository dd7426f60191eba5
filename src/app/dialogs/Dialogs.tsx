// Whichever dialog is open. Dialogs load when they are wanted; those that one types into are there from the first key.
import { lazy, Suspense } from 'react';
import { type Dialog, useView } from '../../store/viewStore.ts';
import { CommandPalette } from './CommandPalette.tsx';
import { ReplaceFinder } from './ReplaceFinder.tsx';

const ExportSheet = lazy(async () => ({ default: (await import('./ExportSheet.tsx')).ExportSheet }));
const OperatorGraph = lazy(async () => ({ default: (await import('./OperatorGraph.tsx')).OperatorGraph }));
const ShortcutsSheet = lazy(async () => ({ default: (await import('./ShortcutsSheet.tsx')).ShortcutsSheet }));
const StorageSheet = lazy(async () => ({ default: (await import('./StorageSheet.tsx')).StorageSheet }));
const StylesSheet = lazy(async () => ({ default: (await import('./styles/StylesSheet.tsx')).StylesSheet }));

export function Dialogs() {
  const dialog = useView((state) => state.dialog);
  if (!dialog) return null;
  return (
    <Suspense fallback={null}>
      <Open dialog={dialog} />
    </Suspense>
  );
}

function Open({ dialog }: { readonly dialog: Dialog }) {
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
    case 'styles':
      return <StylesSheet />;
    case 'operatorGraph':
      return <OperatorGraph slot={dialog.slot} />;
    default:
      return dialog satisfies never;
  }
}
