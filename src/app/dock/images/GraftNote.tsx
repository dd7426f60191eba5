// Which weights the graft's pictures show; where there are none, the way to see the untrained start.
import { graftedSlots } from '../../../plan/edits.ts';
import { planHash } from '../../../plan/hash.ts';
import { selectPlan, useDocument } from '../../../store/documentStore.ts';
import { useSession } from '../../../store/sessionStore.ts';
import { CommandButton } from '../../parts/CommandButton.tsx';
import { selectRefusal } from './NoPictures.tsx';
import { weightsWords } from './weightsWords.ts';

export function GraftNote() {
  const plan = useDocument(selectPlan);
  const strip = useSession((state) => state.strips.graft);
  const refusal = useSession(selectRefusal);
  if (graftedSlots(plan).length === 0 || refusal !== null) return null;
  if (strip?.planHash !== planHash(plan)) {
    return (
      <CommandButton id="run.preview" className="btn btn--small btn--outline">
        Preview the graft
      </CommandButton>
    );
  }
  if (strip.bundled) {
    return (
      <small className="demo-sign" data-demo-pictures title="These pictures came with the page.">
        Demo, precomputed
      </small>
    );
  }
  const words = weightsWords(strip);
  if (words === '') return null;
  return (
    <small className="weights" data-graft-weights title={`The graft's pictures show: ${words}`}>
      graft: {words}
    </small>
  );
}
