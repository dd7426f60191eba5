// The exported ONNX file in Python, where most people will use it; needs the packages onnx, onnxruntime and safetensors.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linearSchedule, respaced } from '../../diffusion/schedule.ts';
import { nodeRuntime } from '../../engine/onnx/nodeRuntime.ts';
import { onnxEngine } from '../../engine/onnx/onnxEngine.ts';
import { known } from '../../lib/errors.ts';
import { f32, i32, type Tensor } from '../../lib/tensor.ts';
import { exportOnnx } from './exportOnnx.ts';
import { exportSafetensors } from './exportSafetensors.ts';
import { tinyModel } from './testing.ts';

const python = process.env.PYTHON ?? 'python3';

function hasPackages(): boolean {
  try {
    execFileSync(python, ['-c', 'import onnx, onnxruntime, safetensors'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Checks the file, follows its own manual, and leaves the first noise and the last image behind. */
const script = (name: string) => `
import numpy as np, onnx
from safetensors.numpy import load_file
model = onnx.load("${name}")
onnx.checker.check_model(model, full_check=True)
exec({p.key: p.value for p in model.metadata_props}["usage"])
x.tofile("drawn")
np.random.default_rng(0).standard_normal(x.shape, dtype=np.float32).tofile("noise")
weights = load_file("model.safetensors")
initializers = {i.name: onnx.numpy_helper.to_array(i) for i in model.graph.initializer}
assert all(np.array_equal(initializers[name], weight) for name, weight in weights.items())
print(len(weights))
`;

describe.skipIf(!hasPackages())('Python', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'scion-export-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('accepts the file and draws the same image by following its manual', async () => {
    const model = tinyModel();
    const batch = 2;
    const file = exportOnnx(model, { batch });
    writeFileSync(join(folder, file.name), file.bytes);
    writeFileSync(join(folder, 'model.safetensors'), exportSafetensors(model, { dtype: 'f32' }).bytes);
    writeFileSync(join(folder, 'draw.py'), script(file.name));
    const printed = execFileSync(python, ['draw.py'], { cwd: folder, encoding: 'utf8' });
    expect(Number(printed)).toBe(Object.keys(model.weights).length + 1);

    const engine = onnxEngine(await nodeRuntime('cpu', 1));
    const opened = await engine.openModel(file.bytes);
    const floats = (name: string) =>
      new Float32Array(new Uint8Array(readFileSync(join(folder, name))).buffer);
    const { timestepMap } = respaced(linearSchedule(), '50');
    let x: Tensor = f32([batch, 1, 16, 16], floats('noise'));
    for (let step = 49; step >= 0; step--) {
      const results = await opened.run({
        x,
        t: i32([1], [known(timestepMap[step], 'timestep')]),
        t_prev: i32([1], [timestepMap[step - 1] ?? -1]),
        y: i32([batch], [0, 1]),
        guidance: f32([1], [2]),
      });
      x = known(results.x_prev, 'x_prev');
    }
    await opened.dispose();
    await engine.dispose();
    const drawn = floats('drawn');
    expect(drawn.length).toBe(x.data.length);
    const furthest = Math.max(...drawn.map((value, i) => Math.abs(value - Number(x.data[i]))));
    expect(furthest).toBeLessThan(1e-4);
  }, 60_000);
});
