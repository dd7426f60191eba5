import { describe, expect, it } from 'vitest';
import { writeSafetensors } from '../formats/safetensors.ts';
import { f32 } from '../lib/tensor.ts';
import { freshClassifier } from '../train/classifierTraining.ts';
import { readClassifier } from './scorerFiles.ts';

describe('readClassifier', () => {
  const weights = freshClassifier(0);
  const written = (tensors: typeof weights) => writeSafetensors(tensors, {}, { dtype: 'f16' });

  it('reads its weights and leaves others alone', async () => {
    const read = await readClassifier(written({ ...weights, other: f32([1], [0]) }));
    expect(Object.keys(read)).toEqual(Object.keys(weights));
  });

  it('says in one sentence that a file is of another model', async () => {
    const { 'conv2.bias': _, ...fewer } = weights;
    await expect(readClassifier(written(fewer))).rejects.toThrow(
      'fashion-mnist-classifier.safetensors lacks the weight conv2.bias; is it the file of another model?',
    );
    await expect(readClassifier(written({ ...weights, 'conv2.bias': f32([2], [0, 0]) }))).rejects.toThrow(
      'fashion-mnist-classifier.safetensors has conv2.bias of shape [2], wanted [32]; is it the file of another model?',
    );
  });
});
