// Measurements that a person asks for: milliseconds, distances, and the control experiment.
import { planHash } from '../../plan/hash.ts';
import { currentPlan } from '../documentStore.ts';
import { useSession } from '../sessionStore.ts';
import { announce, say } from '../viewStore.ts';
import { guarded, whileBusy } from './failures.ts';
import { askTrainer } from './link.ts';

/** Milliseconds of a forward pass, original against graft, on this machine. */
export function measure(): Promise<void> {
  const plan = currentPlan();
  return whileBusy('measuring', async () => {
    const measurement = await askTrainer({ kind: 'measure', plan });
    useSession.setState(({ measurements }) => ({
      measurements: { ...measurements, [planHash(plan)]: measurement },
    }));
  });
}

/** Fréchet distance of base and graft to the data, in the features of the bundled Fashion-MNIST CNN. */
export async function score(samples: number): Promise<void> {
  const plan = currentPlan();
  useSession.setState({ scoring: { of: 'base', done: 0, samples } });
  await whileBusy('scoring', async () => {
    const { base, graft, stage1 = null } = await askTrainer({ kind: 'distance', plan, samples });
    const hash = planHash(plan);
    useSession.setState(({ distances }) => ({
      distances: { ...distances, [hash]: { planHash: hash, base, graft, stage1, samples } },
    }));
    announce(`Distance measured: original ${base.toFixed(2)}, graft ${graft.toFixed(2)}.`);
  });
  useSession.setState({ scoring: null });
}

export function stopScoring(): Promise<void> {
  return guarded('scoring', () => askTrainer({ kind: 'stopDistance' }));
}

/** Runs the base against itself with every slot grafted by its own operator, and says by how much they differ. */
export function checkSelfGraft(): Promise<void> {
  return whileBusy('measuring', async () => {
    const identity = await askTrainer({ kind: 'identity' });
    useSession.setState({ identity });
    const { slots, inputs, maxDeviation } = identity;
    say(
      `Identity check: with all ${slots} slots grafted onto themselves, the largest deviation over ${inputs} denoising steps is ${deviationWords(maxDeviation)}.`,
    );
  });
}

function deviationWords(deviation: number): string {
  return deviation === 0 ? 'exactly 0' : deviation.toExponential(1);
}
