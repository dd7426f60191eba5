// Pictures of the original and the graft from the same seeds, with what they are drawn with, and one pair large.
import { useSession } from '../../../store/sessionStore.ts';
import { Gallery } from './Gallery.tsx';
import { GraftNote } from './GraftNote.tsx';
import { LargePair } from './LargePair.tsx';
import { NoPictures, selectRefusal } from './NoPictures.tsx';
import { usePicked } from './picked.ts';
import { SampleControls } from './SampleControls.tsx';
import { Scrubber } from './Scrubber.tsx';

export function ImagesTab() {
  const base = useSession((state) => state.strips.base);
  const picked = usePicked((state) => state.index);
  const refusal = useSession(selectRefusal);
  if (refusal !== null) return <NoPictures reason={refusal} />;
  return (
    <div className="images-tab">
      <SampleControls />
      <section className="gallery" aria-label="Images">
        <div className="pane-head">
          <h2 className="head">Images</h2>
          <small>
            {base ? `same seeds, ${base.job.steps} DDIM steps, guidance ${base.job.guidance}` : ''}
          </small>
          <GraftNote />
          <Scrubber />
        </div>
        <Gallery columns={8} picked={picked} onPick={(index) => usePicked.setState({ index })} />
      </section>
      <LargePair />
    </div>
  );
}
