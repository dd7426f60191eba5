// The weights and metadata of an ONNX file that Scion exported, as a checkpoint's.
import { type ByteSource, readExactly } from '../../formats/byteSource.ts';
import { decodeOnnx, type OnnxTensor } from '../../formats/onnxModel.ts';
import { FileError } from '../../lib/errors.ts';
import { floatsOfHalves } from '../../lib/half.ts';
import { f32, type Tensor } from '../../lib/tensor.ts';
import type { StoredTensors } from '../../models/checkpoint.ts';
import { metadataKeys } from './graftedModel.ts';

/** Protocol buffers end here. */
const largestOnnx = 2 ** 31 - 1;

export async function openOnnx(source: ByteSource): Promise<StoredTensors> {
  if (source.size > largestOnnx) {
    throw new FileError(`${source.name} has ${source.size} bytes; an ONNX file has 2 GB at most.`);
  }
  const { graph, metadata } = decodeOnnx(await readExactly(source, 0, source.size, 'the ONNX model'));
  if (metadata[metadataKeys.plan] === undefined) {
    throw new FileError(
      `${source.name} is an ONNX model that Scion did not export; Scion opens its own ONNX files, and other models as safetensors or PyTorch (.pt) files.`,
    );
  }
  const tensors = new Map(graph.initializers.filter(isWeight).map((found) => [found.name, found]));
  return {
    metadata,
    tensors,
    async read(name) {
      const found = tensors.get(name);
      if (!found) throw new FileError(`${source.name} has no tensor ${name} among its ${tensors.size}.`);
      return floatsOf(source.name, found);
    },
  };
}

/** The lowering calls its own tables and constants v and a number; weights have their checkpoint names. */
function isWeight({ name }: OnnxTensor): boolean {
  return !/^v\d+$/.test(name);
}

function floatsOf(file: string, { name, dtype, shape, data }: OnnxTensor): Tensor {
  if (data instanceof Float32Array) return f32(shape, data);
  if (dtype === 'float16' && data instanceof Uint16Array) return f32(shape, floatsOfHalves(data));
  throw new FileError(`${name} of ${file} holds ${dtype} numbers; a model's weights are floats.`);
}
