// unet1d: the weight generator's net with all its gradients, and the masked noise loss.
import { indexCode } from '../../../generator/indexCode.ts';
import { maskedSquares } from '../../../generator/maskedLoss.ts';
import { type UnetShape, unet1d, unetShapes } from '../../../generator/unet1d.ts';
import { cast, gradients, input, reshape } from '../../../graph/index.ts';
import { known } from '../../../lib/errors.ts';
import { f32, type Tensor } from '../../../lib/tensor.ts';
import { type CaseRunner, namesBelow } from '../caseRunner.ts';
import { compute, meanProduct } from '../compute.ts';
import type { GoldenCase } from '../goldenCase.ts';
import { checkLoss, checkResults, fedCase, fedFile, gradientOutputs } from '../microSet.ts';

function unetShape(golden: GoldenCase): UnetShape {
  const [c1 = 0, c2 = 0, c3 = 0] = (golden.manifest.config.channels as unknown[]).map(Number);
  return {
    channels: [c1, c2, c3],
    codeWidth: golden.number('emb_in'),
    embeddingWidth: golden.number('emb_dim'),
    context: golden.number('context_dim'),
    headWidth: golden.number('head_dim'),
    feedForwardRatio: golden.number('ff_mult'),
    groups: golden.number('groups'),
  };
}

export const unet1dCase: CaseRunner = {
  runsOn: 'engine',
  recognises: ({ config, tensors }) => 'emb_in' in config && tensors.has('out/eps_hat'),
  async run(golden, lab) {
    const shape = unetShape(golden);
    const w = fedFile(golden, 'weights_file');
    const io = fedCase(golden);
    const code = (key: string): Tensor => {
      const numbers = golden.tensor(key).data;
      return f32([numbers.length, shape.codeWidth], indexCode(numbers, shape.codeWidth));
    };
    const codes = { timeCode: code('in/t'), indexCode: code('in/n') };
    const [blocks, text] = [io.node('in/w'), io.node('in/ctx')];
    const { output, stages } = unet1d(
      shape,
      {
        blocks,
        text,
        timeCode: input('timeCode', codes.timeCode.shape),
        indexCode: input('indexCode', codes.indexCode.shape),
      },
      w.node,
    );
    const loss = meanProduct(output, io.node('cot/eps_hat'));
    const names = namesBelow(golden.manifest, 'grad_w/');
    const [dBlocks, dText, ...dw] = gradients(loss, [blocks, text, ...names.map(w.node)]);
    const masked = maskedSquares(io.node('in/eps'), output, cast(io.node('in/tail_mask'), 'f32'));
    const results = await compute(
      lab.engine,
      {
        loss,
        'out/eps_hat': output,
        'out/masked_mse': reshape(masked, [1]),
        'grad_in/w': known(dBlocks, 'gradient of the blocks'),
        'grad_in/ctx': known(dText, 'gradient of the text'),
        ...gradientOutputs('grad_w/', names, dw),
        ...Object.fromEntries(Object.entries(stages).map(([name, node]) => [`aux/${name}`, node])),
      },
      { ...w.feeds, ...io.feeds, ...codes },
    );
    checkResults(golden, lab, results);
    checkLoss(golden, lab.checks, known(results.loss, 'loss').data[0] ?? Number.NaN);
    // The net's own list of tensors is the file's.
    const expected = [...golden.fileOf('weights_file')].map(([name, tensor]) => [name, tensor.shape]);
    lab.checks.addEqual('names and shapes', listed(unetShapes(shape)), listed(expected));
  },
};

const listed = (entries: readonly unknown[]) => entries.map((entry) => JSON.stringify(entry)).sort();
