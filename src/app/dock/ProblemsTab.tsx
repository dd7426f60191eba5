// Everything that went wrong and what can be done: one sentence each, with its button.
import { slotBlock, slotLabel } from '../../plan/slots.ts';
import { useDocument } from '../../store/documentStore.ts';
import { dismissProblem, type Shown, useSession } from '../../store/sessionStore.ts';
import { remedyOf } from '../../store/trainerSession.ts';
import { select } from '../../store/viewStore.ts';
import { fitSlots } from '../canvas/camera.ts';
import { clockTime } from '../format/numbers.ts';
import { Icon } from '../icons/Icon.tsx';

export function ProblemCount() {
  const count = useSession((state) => state.problems.length);
  const grave = useSession((state) => state.problems.some((problem) => problem.severity === 'error'));
  if (count === 0) return null;
  return <span className={grave ? 'count count--error' : 'count'}>{count}</span>;
}

export function ProblemsTab() {
  const problems = useSession((state) => state.problems);
  if (problems.length === 0) {
    return (
      <div className="empty">
        <strong>No problems</strong>
        <p>What goes wrong is told here, with what it means for your work and what you can do.</p>
      </div>
    );
  }
  return (
    <div className="problems">
      {problems.map((problem) => (
        <ProblemRow key={problem.id} problem={problem} />
      ))}
    </div>
  );
}

export function ProblemRow({ problem }: { problem: Shown }) {
  const { id, severity, text, slot } = problem;
  return (
    <div className={severity === 'error' ? 'problem problem--error' : 'problem'} data-problem={id}>
      <Icon name="warn" label={severity === 'error' ? 'Error' : 'Warning'} />
      <p>
        {text} <span className="where">{clockTime(problem.at)}</span>
      </p>
      <span className="actions">
        {slot && (
          <button
            type="button"
            className="btn btn--small btn--outline"
            onClick={() => {
              select([slot]);
              fitSlots([slotBlock(slot)]);
            }}
          >
            {slotLabel(slot)}
          </button>
        )}
        <RemedyButton problem={problem} />
        <button
          type="button"
          className="btn btn--icon btn--small"
          aria-label="Dismiss"
          onClick={() => dismissProblem(id)}
        >
          <Icon name="close" />
        </button>
      </span>
    </div>
  );
}

function RemedyButton({ problem }: { problem: Shown }) {
  // What the button offers depends on the plan and on where the run is.
  const session = useSession();
  useDocument();
  const remedy = remedyOf(problem, session);
  if (!remedy) return null;
  return (
    <button
      type="button"
      className="btn btn--small btn--outline"
      onClick={() => {
        dismissProblem(problem.id);
        remedy.run();
      }}
    >
      {remedy.label}
    </button>
  );
}
