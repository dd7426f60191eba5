// A session of ONNX Runtime's JavaScript API as the engine sees it.
import type { InferenceSession, Tensor as OrtTensor, TensorConstructor } from 'onnxruntime-common';
import type { Shape } from '../../lib/tensor.ts';
import type { RuntimeData, RuntimeSession, RuntimeTensor, RuntimeTensors } from './runtime.ts';

export function ortSession(session: InferenceSession): RuntimeSession {
  // Every tensor of such a runtime was made by its own constructor.
  const own = (tensors: RuntimeTensors) => tensors as Record<string, OrtTensor>;
  return {
    inputs: new Map(
      session.inputMetadata.map((input) => [input.name, input.isTensor ? input.type : 'not a tensor']),
    ),
    outputNames: session.outputNames,
    run: (inputs, into) =>
      Object.keys(into).length === 0
        ? session.run(own(inputs))
        : session.run(own(inputs), {
            ...Object.fromEntries(session.outputNames.map((name) => [name, null])),
            ...own(into),
          }),
    release: () => session.release(),
  };
}

/** A tensor around a JavaScript array. */
export function arrayTensor(
  Tensor: TensorConstructor,
  type: string,
  data: RuntimeData,
  dims: Shape,
): RuntimeTensor {
  // The constructor's overloads cannot be chosen by a union of types.
  const make = Tensor as new (type: string, data: RuntimeData, dims: Shape) => OrtTensor;
  return new make(type, data, dims);
}
