// Original and graft in pairs: same seed, same class, one above the other.
import { planHash } from '../../../plan/hash.ts';
import { selectPlan, useDocument } from '../../../store/documentStore.ts';
import { classesFor, comparable, frameAt, type Strip } from '../../../store/images.ts';
import { selectModel, useSession } from '../../../store/sessionStore.ts';
import { useSettings } from '../../../store/settingsStore.ts';
import type { SampleFrame } from '../../../workers/protocol.ts';
import { NoPictures, selectRefusal } from './NoPictures.tsx';
import { Picture } from './Picture.tsx';

interface GalleryProps {
  readonly columns: number;
  /** The picture that is shown large elsewhere; null for none. */
  readonly picked: number | null;
  onPick(index: number): void;
}

export function Gallery({ columns, picked, onPick }: GalleryProps) {
  const { base, graft } = useSession((state) => state.strips);
  const step = useSession((state) => state.scrubStep) ?? Number.POSITIVE_INFINITY;
  const names = useSession((state) => selectModel(state)?.classNames);
  const planned = usePlannedClasses();
  const refusal = useSession(selectRefusal);
  const hash = useDocument((state) => planHash(selectPlan(state)));
  const classes = base?.job.classes ?? planned;
  const paired = graft && graft.planHash === hash && base && comparable(base.job, graft.job) ? graft : null;
  const seed = base?.job.seed ?? 0;
  const rows = Math.ceil(classes.length / columns);
  if (refusal !== null) return <NoPictures reason={refusal} />;
  return (
    <div
      className="image-grid"
      style={{ '--columns': columns } as React.CSSProperties}
      aria-busy={base?.state === 'running' || paired?.state === 'running'}
    >
      {Array.from({ length: rows }, (_, row) => (
        <Pair
          key={row}
          pictures={classes.slice(row * columns, (row + 1) * columns).map((label, at) => ({
            index: row * columns + at,
            name: names?.[label] ?? `class ${label}`,
            seed: seed + row * columns + at,
          }))}
          columns={columns}
          picked={picked}
          onPick={onPick}
          base={frameOf(base, step)}
          graft={paired ? frameOf(paired, step) : null}
        />
      ))}
    </div>
  );
}

function frameOf(strip: Strip | null, step: number): SampleFrame | undefined {
  return frameAt(strip, step);
}

function usePlannedClasses(): number[] {
  const { sampleClass, sampleCount } = useSettings();
  const classes = useSession((state) => selectModel(state)?.config.classes ?? 1);
  return classesFor(sampleClass, sampleCount, classes);
}

interface PictureFacts {
  readonly index: number;
  readonly name: string;
  readonly seed: number;
}

interface PairProps extends GalleryProps {
  readonly pictures: readonly PictureFacts[];
  readonly base: SampleFrame | undefined;
  /** Null where there is no graft to compare with. */
  readonly graft: SampleFrame | undefined | null;
}

function Pair({ pictures, columns, base, graft, picked, onPick }: PairProps) {
  const [first] = pictures;
  const last = pictures[pictures.length - 1];
  const pad = Array.from({ length: columns - pictures.length }, (_, at) => <span key={`pad-${at}`} />);
  return (
    <>
      <span />
      {pictures.map(({ index, name }) => (
        <span key={index} className="col" title={name}>
          {name}
        </span>
      ))}
      {pad}
      <div className="row">
        <b>Original</b>
        {first && last ? `${first.seed}–${last.seed}` : ''}
      </div>
      {pictures.map((picture) => (
        <Cell
          key={picture.index}
          picture={picture}
          frame={base}
          side="Original"
          isPicked={picture.index === picked}
          onPick={onPick}
        />
      ))}
      {pad}
      {graft !== null && (
        <>
          <div className="row row--graft">
            <b>Graft</b>
          </div>
          {pictures.map((picture) => (
            <Cell
              key={picture.index}
              picture={picture}
              frame={graft}
              side="Graft"
              isPicked={picture.index === picked}
              onPick={onPick}
            />
          ))}
          {pad}
        </>
      )}
      <span className="gap" />
    </>
  );
}

interface CellProps {
  readonly picture: PictureFacts;
  readonly frame: SampleFrame | undefined;
  readonly side: 'Original' | 'Graft';
  readonly isPicked: boolean;
  onPick(index: number): void;
}

function Cell({ picture, frame, side, isPicked, onPick }: CellProps) {
  return (
    <button
      type="button"
      className={isPicked ? 'cell is-selected' : 'cell'}
      aria-pressed={isPicked}
      data-picture={`${side.toLowerCase()}-${picture.index}`}
      onClick={() => onPick(picture.index)}
    >
      <Picture frame={frame} index={picture.index} label={`${side}: ${picture.name}, seed ${picture.seed}`} />
    </button>
  );
}
