import { beforeEach, expect, it } from 'vitest';
import { emptyPlan, type Plan } from '../plan/plan.ts';
import type { TrainerClient } from '../workers/trainerClient.ts';
import { setClient } from './trainer/link.ts';
import { lookAtWritten, useWritten } from './written.ts';

const plan: Plan = emptyPlan('dit-fashion-mnist');
let asked = 0;

/** A trainer that answers as told. */
function answering(answer: () => Promise<unknown>): void {
  const client: Pick<TrainerClient, 'ask' | 'dispose'> = {
    ask: ((_: unknown) => {
      asked++;
      return answer();
    }) as TrainerClient['ask'],
    dispose: () => {},
  };
  setClient(client as TrainerClient);
}

beforeEach(() => {
  asked = 0;
  useWritten.setState({ hash: null, slots: null });
});

it('asks once for a plan that was answered', async () => {
  answering(async () => []);
  await lookAtWritten(plan);
  await lookAtWritten(plan);
  expect(asked).toBe(1);
  expect(useWritten.getState().slots).toEqual([]);
});

it('asks again at the next look after a failure', async () => {
  answering(() => Promise.reject(new Error('busy')));
  await lookAtWritten(plan);
  expect(useWritten.getState()).toEqual({ hash: null, slots: null });
  answering(async () => []);
  await lookAtWritten(plan);
  expect(asked).toBe(2);
  expect(useWritten.getState().slots).toEqual([]);
});

it('keeps the answer of the plan that was asked about last', async () => {
  let answerFirst: (slots: unknown) => void = () => {};
  answering(
    () =>
      new Promise((resolve) => {
        answerFirst = resolve;
      }),
  );
  const first = lookAtWritten(plan);
  answering(async () => []);
  await lookAtWritten({ ...plan, seed: 7 });
  answerFirst(null);
  await first;
  expect(useWritten.getState().slots).toEqual([]);
});
