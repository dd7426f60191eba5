// The base model: which one is open, and the way to another.
import { bundledBase } from '../../store/documentStore.ts';
import { model, selectModel, useSession } from '../../store/sessionStore.ts';
import { isTraining, openModel } from '../../store/trainerSession.ts';
import type { ModelLimits } from '../../workers/protocol.ts';
import { Icon } from '../icons/Icon.tsx';
import { commandItem } from '../parts/CommandButton.tsx';
import { Menu, type MenuItem } from '../parts/Menu.tsx';

export function BaseMenu() {
  const info = useSession(selectModel);
  return (
    <Menu label={`Base model ${info?.label ?? ''}`} items={baseItems}>
      <span className="label">base</span> <span className="ellipsis">{info?.label ?? 'opening…'}</span>
      <Icon name="down" />
    </Menu>
  );
}

function baseItems(): MenuItem[] {
  const info = model();
  const facts = info?.config;
  const isBundled = info?.id === bundledBase;
  return [
    {
      id: 'bundled',
      label: 'Open the model that comes with the page',
      unavailable: reasonToStay(isBundled),
      run: () => void openModel({ kind: 'bundled' }),
    },
    commandItem('file.open'),
    commandItem('file.openFolder'),
    ...(facts
      ? [
          {
            id: 'facts',
            label: `${facts.depth} blocks, width ${facts.width}, ${facts.heads} heads`,
            startsGroup: true as const,
            unavailable: 'the shape of the model that is open',
            run: () => undefined,
          },
        ]
      : []),
    ...limitItems(info?.limits),
  ];
}

/** What this model cannot do here, with the reason. */
function limitItems(limits: ModelLimits | undefined): MenuItem[] {
  const items = [
    { id: 'images', label: 'Draw images', unavailable: limits?.images ?? null },
    { id: 'training', label: 'Train and score', unavailable: limits?.training ?? null },
  ];
  return items
    .filter(({ unavailable }) => unavailable !== null)
    .map((item) => ({ ...item, run: () => undefined }));
}

function reasonToStay(isBundled: boolean): string | null {
  if (isBundled) return 'it is open';
  return isTraining() ? 'a run is going on' : null;
}
