// dit_block and parallel_pair: adaLN-Zero blocks alone, y = block(x, c) or y = W [A(x); B(x)] + b.
import { gradients, type Node, silu } from '../../../graph/index.ts';
import { known } from '../../../lib/errors.ts';
import { type BlockMixers, ditBlock } from '../../../models/dit.ts';
import { parallelPair } from '../../../models/parallelPair.ts';
import { mha } from '../../../operators/mha/mha.ts';
import { mlp } from '../../../operators/mlp/mlp.ts';
import { type CaseRunner, type Lab, namesBelow } from '../caseRunner.ts';
import { compute, FedTensors, meanProduct } from '../compute.ts';
import { siteOfTokens } from '../ditCase.ts';
import type { GoldenCase } from '../goldenCase.ts';

/** @returns results by their names in the manifest, `outputs/y` among them */
type Build = (
  golden: GoldenCase,
  w: (name: string) => Node,
  x: Node,
  condition: Node,
) => Record<string, Node>;

export const ditBlockCase: CaseRunner = {
  runsOn: 'engine',
  recognises: ({ tensors }) => tensors.has('inputs/c') && tensors.has('weights/attn.qkv.weight'),
  run: (golden, lab) =>
    runOnTokens(golden, lab, (_, w, x, condition) => {
      const { output, modulation } = ditBlock(w, x, condition, mixers(golden, x));
      return { 'outputs/y': output, 'outputs/modulation': modulation };
    }),
};

export const parallelPairCase: CaseRunner = {
  runsOn: 'engine',
  recognises: ({ tensors }) =>
    tensors.has('weights/merge.weight') && tensors.has('weights/a.attn.qkv.weight'),
  run: (golden, lab) =>
    runOnTokens(golden, lab, (_, w, x, condition) => {
      const both = mixers(golden, x);
      const { output, a, b } = parallelPair(w, x, condition, { a: both, b: both });
      return { 'outputs/y': output, 'outputs/a': a.output, 'outputs/b': b.output };
    }),
};

/** The block's own operators, at the tokens and width of x [B, N, D]. */
function mixers(golden: GoldenCase, x: Node): BlockMixers {
  const [, tokens = 0, width = 0] = x.shape;
  const ratio = golden.number('mlp_ratio');
  return {
    attn: { operator: mha, config: {}, site: siteOfTokens(golden, 'sequence', tokens, width) },
    mlp: { operator: mlp, config: { ratio }, site: siteOfTokens(golden, 'channel', tokens, width) },
  };
}

async function runOnTokens(golden: GoldenCase, { engine, checks }: Lab, build: Build): Promise<void> {
  const weights = new FedTensors('weights/', golden.below('weights/'));
  const io = new FedTensors('', {
    x: golden.tensor('inputs/x'),
    c: golden.tensor('inputs/c'),
    cotangent: golden.tensor('cotangents/y'),
  });
  const [x, c] = [io.node('x'), io.node('c')];
  const outputs = build(golden, weights.node, x, silu(c));
  const loss = meanProduct(known(outputs['outputs/y'], 'y'), io.node('cotangent'));
  const names = namesBelow(golden.manifest, 'grads/weights/');
  const [dx, dc, ...dw] = gradients(loss, [x, c, ...names.map(weights.node)]);
  const results = await compute(
    engine,
    {
      ...outputs,
      loss,
      'grads/inputs/x': known(dx, 'gradient of x'),
      'grads/inputs/c': known(dc, 'gradient of c'),
      ...Object.fromEntries(names.map((name, i) => [`grads/weights/${name}`, known(dw[i], name)])),
    },
    { ...weights.feeds, ...io.feeds },
  );
  for (const [key, { data }] of Object.entries(results)) checks.add(key, data);
}
