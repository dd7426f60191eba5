// What the comparison shows now: its sides with their strips and frames, and the picture that is picked.
import { useEffect, useMemo } from 'react';
import { frameOf, presentSides, sideChoices, stripOf } from '../../../store/comparedSides.ts';
import { type ComparedStrip, type SideChoice, useComparison } from '../../../store/comparison.ts';
import { selectPlan, useDocument } from '../../../store/documentStore.ts';
import { drawMissing } from '../../../store/drawSides.ts';
import { selectModel, useSession } from '../../../store/sessionStore.ts';
import type { SampleFrame } from '../../../workers/protocol.ts';
import { usePicked } from '../images/picked.ts';

export interface ComparedSide {
  readonly letter: string;
  readonly choice: SideChoice;
  readonly strip: ComparedStrip | null;
  /** At the step on show. */
  readonly frame: SampleFrame | undefined;
}

export interface Compared {
  readonly choices: readonly SideChoice[];
  readonly sides: readonly ComparedSide[];
  readonly steps: number;
  readonly step: number;
  /** Number, class and seed of the picture that is shown large. */
  readonly index: number;
  readonly className: string;
  readonly seed: number;
}

const noChoices: readonly SideChoice[] = [];

export function useChoices(): readonly SideChoice[] {
  const plan = useDocument(selectPlan);
  const storedRuns = useSession((state) => state.storedRuns);
  const run = useSession((state) => state.run);
  const shape = useSession((state) => selectModel(state)?.config);
  return useMemo(
    () => (shape ? sideChoices(plan, { storedRuns, run }, shape) : noChoices),
    [plan, storedRuns, run, shape],
  );
}

export function useCompared(): Compared {
  const choices = useChoices();
  const plan = useDocument(selectPlan);
  const chosen = useComparison((state) => state.chosen);
  const drawn = useComparison((state) => state.strips);
  const strips = useSession((state) => state.strips);
  const scrubStep = useSession((state) => state.scrubStep);
  const names = useSession((state) => selectModel(state)?.classNames);
  const picked = usePicked((state) => state.index) ?? 0;
  const present = useMemo(() => presentSides(choices, chosen, plan), [choices, chosen, plan]);
  useEffect(() => {
    if (strips.base?.state === 'done') drawMissing(present);
  }, [present, strips.base]);
  const job = strips.base?.job;
  const index = Math.min(picked, Math.max(0, (job?.classes.length ?? 1) - 1));
  const label = job?.classes[index] ?? 0;
  const steps = job?.steps ?? 1;
  return {
    choices,
    sides: present.map((choice, at) => {
      const strip = stripOf(choice, strips, drawn);
      return { letter: letters[at] ?? '?', choice, strip, frame: frameOf(strip, scrubStep) };
    }),
    steps,
    step: scrubStep ?? steps,
    index,
    className: names?.[label] ?? `class ${label}`,
    seed: (job?.seed ?? 0) + index,
  };
}

const letters = ['A', 'B', 'C'] as const;
export const mostSides = letters.length;

/** What the tag of a side says while there is no picture. */
export function waitingText({ strip }: ComparedSide): string {
  if (strip?.failure) return strip.failure;
  return strip?.state === 'running' ? 'being drawn' : 'waits for its turn';
}
