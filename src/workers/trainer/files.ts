// Files that leave and enter: exports that are read back and checked, imports whose weights become a plan's result.
import { blobSource } from '../../formats/byteSource.ts';
import type { Tensor } from '../../lib/tensor.ts';
import { planHash } from '../../plan/hash.ts';
import type { Plan } from '../../plan/plan.ts';
import { type ExportChoice, exportConfiguration, exportModel } from '../../train/exporting/exportModel.ts';
import { importFile } from '../../train/exporting/importFile.ts';
import type { RunCheckpoint } from '../../train/graft/checkpoint.ts';
import type { ExportedFile, ExportFormat, ImportedFile, RunSummary } from '../protocol.ts';
import type { Events } from './events.ts';
import type { GraftWeights } from './graftWeights.ts';
import type { RunStore } from './runStore.ts';
import type { Session } from './session.ts';

const choices: Readonly<Record<Exclude<ExportFormat, 'yaml'>, ExportChoice>> = {
  safetensors: { format: 'safetensors', dtype: 'f32' },
  onnx: { format: 'onnx', batch: 1 },
  pytorch: { format: 'pytorch' },
};

export class Files {
  readonly #session: Session;
  readonly #runs: RunStore;
  readonly #weights: GraftWeights;
  readonly #events: Events;

  constructor(session: Session, runs: RunStore, weights: GraftWeights, events: Events) {
    this.#session = session;
    this.#runs = runs;
    this.#weights = weights;
    this.#events = events;
  }

  async export(plan: Plan, format: ExportFormat): Promise<ExportedFile> {
    // Configuration files hold no weights: nothing has to be started for them.
    if (format === 'yaml') return exportConfiguration(plan, this.#session.model.base.frame.shape);
    const { weights, origin } = await this.#weights.of(plan);
    this.#events.status('Writing the file and running it beside the model', null);
    const { frame, pretrainingFlops } = this.#session.model.base;
    const provenance = { scion_weights: origin, ...(await this.#distances(plan)) };
    const model = { frame, plan, weights, pretrainingFlops, provenance };
    const file = await this.#session.onDevice((device) =>
      exportModel(device.beside(), model, choices[format]),
    );
    return { ...file, weights: origin };
  }

  async import(file: File): Promise<ImportedFile> {
    const { base, id } = this.#session.model;
    const imported = await importFile(blobSource(file), { open: { id, shape: base.frame.shape } });
    const { plan, sentence } = imported;
    if (imported.kind !== 'graft') {
      return { kind: imported.kind === 'plan' ? 'plan' : 'model', plan, weights: false, sentence };
    }
    const replaces = (await this.#runs.result(planHash(plan))) !== undefined;
    await this.#runs.save(resultOf(plan, imported.model.weights, base.weights));
    const note = replaces ? ' Its weights replace those that were stored for this plan.' : '';
    return { kind: 'model', plan, weights: true, sentence: sentence + note };
  }

  async #distances(plan: Plan): Promise<Record<string, string>> {
    const { summary } = (await this.#runs.result(planHash(plan))) ?? {};
    if (summary?.distanceGraft == null || summary.distanceBase === null) return {};
    return {
      fd_fashion_mnist_cnn: String(summary.distanceGraft),
      fd_fashion_mnist_cnn_base: String(summary.distanceBase),
      fd_images: String(summary.distanceSamples),
    };
  }
}

/** An imported graft as a run that is over; of its training, nothing is known. */
function resultOf(
  plan: Plan,
  weights: Readonly<Record<string, Tensor>>,
  base: Readonly<Record<string, Tensor>>,
): RunCheckpoint {
  const savedAt = Date.now();
  const summary: RunSummary = {
    planHash: planHash(plan),
    phase: 'done',
    state: 'finished',
    step: 0,
    steps: 0,
    slots: [],
    millisecondsPerStep: null,
    etaSeconds: null,
    flops: 0,
    flopsShare: null,
    savedAt,
    distanceBase: null,
    distanceStage1: null,
    distanceGraft: null,
    heldOutLoss: { afterStage1: null, best: null },
    seconds: 0,
  };
  const result = Object.fromEntries(
    Object.entries(weights).filter(([name, tensor]) => !sameValues(tensor, base[name])),
  );
  return {
    plan,
    stage1: { step: 0, records: [], vectors: {} },
    stage2: undefined,
    points: [],
    seconds: 0,
    flops: 0,
    summary,
    result,
    savedAt,
  };
}

function sameValues(a: Tensor, b: Tensor | undefined): boolean {
  return b?.data.length === a.data.length && a.data.every((value, i) => value === b.data[i]);
}
