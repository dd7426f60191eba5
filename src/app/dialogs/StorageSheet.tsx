// What takes room in the browser's storage, the largest first, each with a button that deletes it.
import { useEffect } from 'react';
import { planHash } from '../../plan/hash.ts';
import { planName } from '../../plan/planName.ts';
import {
  deleteKeptPictures,
  deleteStored,
  refreshStorage,
  type StorageState,
  useStorage,
} from '../../store/trainerSession.ts';
import type { StoredItem } from '../../workers/protocol.ts';
import { bytesText, clockTime } from '../format/numbers.ts';
import { Icon } from '../icons/Icon.tsx';
import { Modal, ModalHead } from '../parts/Modal.tsx';

export function StorageSheet() {
  const storage = useStorage();
  useEffect(() => void refreshStorage(), []);
  return (
    <Modal label="Storage" className="export">
      <ModalHead title="What uses the space" />
      <div className="dialog-body">
        <p className="caption">{summaryOf(storage)}</p>
        {storage.items?.length === 0 && storage.pictures === 0 && (
          <p className="empty">Nothing is stored yet. Runs and their weights will be listed here.</p>
        )}
        {storage.items?.map((item) => (
          <ItemRow key={item.name} item={item} />
        ))}
        {storage.pictures > 0 && (
          <Row
            name="pictures"
            title="Pictures of plans"
            bytes={storage.pictures}
            about="they can be drawn again"
            onDelete={deleteKeptPictures}
          />
        )}
      </div>
    </Modal>
  );
}

function summaryOf({ items, usage, quota, persisted }: StorageState): string {
  if (items === null) return 'Looking at what is stored…';
  const used =
    usage === null || quota === null
      ? 'This browser does not say how much room there is.'
      : `This page uses ${bytesText(usage)} of the ${bytesText(quota)} that the browser allows it.`;
  if (persisted === null) return used;
  const fate = persisted
    ? 'The browser keeps it until you delete it.'
    : 'When the disk is full, the browser may clear it; export what you want to keep.';
  return `${used} ${fate}`;
}

const kinds: Readonly<Record<StoredItem['kind'], string>> = {
  run: 'Unfinished run',
  result: 'Trained weights',
  measurements: 'Measurements',
};

function ItemRow({ item }: { item: StoredItem }) {
  const { name, kind, plan, bytes, savedAt } = item;
  const of = plan ? `plan ${planHash(plan).slice(0, 4)}, ${planName(plan)}` : 'they can be made again';
  const about = savedAt > 0 ? `${of}, saved ${clockTime(savedAt)}` : of;
  return (
    <Row name={name} title={kinds[kind]} bytes={bytes} about={about} onDelete={() => deleteStored(item)} />
  );
}

interface RowProps {
  readonly name: string;
  readonly title: string;
  readonly bytes: number;
  readonly about: string;
  onDelete(): Promise<void>;
}

function Row({ name, title, bytes, about, onDelete }: RowProps) {
  return (
    <div className="format" data-stored={name}>
      <div>
        <strong className="strong">
          {title}, <span className="num">{bytesText(bytes)}</span>
        </strong>
        <p>{about}</p>
      </div>
      <button
        type="button"
        className="btn btn--outline"
        aria-label={`Delete: ${title}, ${about}`}
        onClick={() => void onDelete()}
      >
        <Icon name="close" /> Delete
      </button>
    </div>
  );
}
