// operators/*: one operator alone, at one or more token counts, with the gradients of mean(y · cotangent).
import { gradients } from '../../../graph/index.ts';
import { known } from '../../../lib/errors.ts';
import { type CaseRunner, type Lab, namesBelow } from '../caseRunner.ts';
import { compute, FedTensors, meanProduct } from '../compute.ts';
import { operatorOf, siteOfTokens } from '../ditCase.ts';
import type { GoldenCase } from '../goldenCase.ts';

/** `n16/inputs/x`: the token count stands before everything but the weights. */
const groupedInput = /^((?:n\d+\/)?)inputs\/x$/;

export const operatorCase: CaseRunner = {
  runsOn: 'engine',
  recognises: ({ config, tensors }) =>
    typeof config.operator === 'string' && [...tensors.keys()].some((key) => groupedInput.test(key)),
  async run(golden, lab) {
    const groups = new Set(
      [...golden.manifest.tensors.keys()].flatMap((key) => groupedInput.exec(key)?.[1] ?? []),
    );
    for (const group of groups) await runGroup(golden, lab, group);
  },
};

/** @param group what stands before the names of one token count: `n16/` */
async function runGroup(golden: GoldenCase, { engine, checks }: Lab, group: string): Promise<void> {
  const weights = golden.below('weights/');
  const io = new FedTensors('io/', {
    x: golden.tensor(`${group}inputs/x`),
    cotangent: golden.tensor(`${group}cotangents/y`),
  });
  const fed = new FedTensors('weights/', weights);
  const x = io.node('x'); // [B, N, D]
  const [, tokens = 0, width = 0] = x.shape;
  const { operator: id, window } = golden.manifest.config;
  const { operator, config } = operatorOf(golden.name, { id, window }, weights, width);
  const y = operator.apply(x, fed.node, config, siteOfTokens(golden, operator.kind, tokens, width));
  const loss = meanProduct(y, io.node('cotangent'));
  const names = namesBelow(golden.manifest, `${group}grads/weights/`);
  const [dx, ...dw] = gradients(loss, [x, ...names.map(fed.node)]);
  const results = await compute(
    engine,
    {
      [`${group}outputs/y`]: y,
      [`${group}loss`]: loss,
      [`${group}grads/inputs/x`]: known(dx, 'gradient of x'),
      ...Object.fromEntries(names.map((name, i) => [`${group}grads/weights/${name}`, known(dw[i], name)])),
    },
    { ...io.feeds, ...fed.feeds },
  );
  for (const [key, { data }] of Object.entries(results)) checks.add(key, data);
}
