// The chosen picture large: original beside graft at the same denoising step.
import { planHash } from '../../../plan/hash.ts';
import { selectPlan, useDocument } from '../../../store/documentStore.ts';
import { frameAt, type Strip } from '../../../store/images.ts';
import { selectModel, useSession } from '../../../store/sessionStore.ts';
import { Picture } from './Picture.tsx';
import { usePicked } from './picked.ts';

export function LargePair() {
  const { base, graft } = useSession((state) => state.strips);
  const hash = useDocument((state) => planHash(selectPlan(state)));
  const index = usePicked((state) => state.index);
  if (index === null || !base || index >= base.job.classes.length) return null;
  return (
    <section className="focus-pair" aria-label="Chosen picture">
      <Side strip={base} index={index} title="Original" />
      {graft?.planHash === hash && <Side strip={graft} index={index} title="Graft" />}
    </section>
  );
}

function Side({ strip, index, title }: { strip: Strip; index: number; title: string }) {
  const step = useSession((state) => state.scrubStep) ?? Number.POSITIVE_INFINITY;
  const names = useSession((state) => selectModel(state)?.classNames);
  const label = strip.job.classes[index] ?? 0;
  return (
    <figure>
      <Picture frame={frameAt(strip, step)} index={index} label={`${title}, large`} />
      <figcaption>
        <span className="strong">{title}</span>
        <span>
          {names?.[label]}, seed <span className="num">{strip.job.seed + index}</span>
        </span>
      </figcaption>
    </figure>
  );
}
