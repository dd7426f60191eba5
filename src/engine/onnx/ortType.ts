// ONNX Runtime's names of the graph's element types.
export const ortType = { f32: 'float32', f16: 'float16', i32: 'int32', bool: 'bool' } as const;
