// i2i_forward_*: the image-to-image translator, its batch normalisation by the batch or by running averages.
import { runningAfter } from '../../../generator/translator/runningStatistics.ts';
import type { TranslatorShape } from '../../../generator/translator/shape.ts';
import { translator } from '../../../generator/translator/translator.ts';
import { gradients } from '../../../graph/index.ts';
import { known } from '../../../lib/errors.ts';
import { type CaseRunner, namesBelow } from '../caseRunner.ts';
import { compute, meanProduct } from '../compute.ts';
import type { GoldenCase } from '../goldenCase.ts';
import { checkLoss, checkResults, fedCase, fedFile, gradientOutputs } from '../microSet.ts';

export function translatorShape(golden: GoldenCase): TranslatorShape {
  return {
    width: golden.number('ngf'),
    heads: golden.number('heads'),
    context: golden.number('context_dim'),
  };
}

export const translatorCase: CaseRunner = {
  runsOn: 'engine',
  recognises: ({ config, tensors }) => 'ngf' in config && tensors.has('out/image'),
  async run(golden, lab) {
    const w = fedFile(golden, 'weights_file');
    const io = fedCase(golden);
    const [x, text] = [io.node('in/x'), io.node('in/ctx')];
    const after = namesBelow(golden.manifest, 'aux/after/');
    const { image, stages, statistics } = translator(translatorShape(golden), x, text, w.node, {
      // Only a pass that normalises by its batch leaves averages behind.
      statistics: after.length > 0 ? 'batch' : 'running',
      loraScale: golden.number('lora_scale'),
    });
    const loss = meanProduct(image, io.node('cot/image'));
    const names = namesBelow(golden.manifest, 'grad_w/');
    const [dx, dtext, ...dw] = gradients(loss, [x, text, ...names.map(w.node)]);
    const seen = Object.entries(statistics).map(([place, batch]) => ({ place, batches: [batch] }));
    const results = await compute(
      lab.engine,
      {
        loss,
        'out/image': image,
        'grad_in/x': known(dx, 'gradient of x'),
        'grad_in/ctx': known(dtext, 'gradient of the text'),
        ...gradientOutputs('grad_w/', names, dw),
        ...runningAfter(seen, w.node, 'aux/after/'),
        ...Object.fromEntries(Object.entries(stages).map(([name, node]) => [`aux/${name}`, node])),
      },
      { ...w.feeds, ...io.feeds },
    );
    checkResults(golden, lab, results);
    checkLoss(golden, lab.checks, known(results.loss, 'loss').data[0] ?? Number.NaN);
  },
};
