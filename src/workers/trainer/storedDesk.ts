// A model that stays in its file: what can be done with it, and the sentence for what cannot.
import { blobSource } from '../../formats/byteSource.ts';
import { UserError } from '../../lib/errors.ts';
import { siteOf } from '../../models/shape.ts';
import { emptyPlan, type Plan } from '../../plan/plan.ts';
import { parsePlan, planProblem } from '../../plan/validate.ts';
import { slotsInWords } from '../../train/exporting/graftedModel.ts';
import { importFile } from '../../train/exporting/importFile.ts';
import { describeFile, idOfBase, modelInWords } from '../../train/exporting/importModel.ts';
import { exportStored } from '../../train/exporting/stored/exportStored.ts';
import { openFiles, type StoredModel } from '../../train/exporting/stored/storedModel.ts';
import type { ExportedFile, ExportFormat, ImportedFile, ModelInfo } from '../protocol.ts';
import type { Events } from './events.ts';
import { limitsInFile } from './limits.ts';
import { isCheckpoint, numberedClasses } from './openModel.ts';

export class StoredDesk {
  readonly #model: StoredModel;
  readonly #events: Events;
  readonly info: ModelInfo;

  constructor(model: StoredModel, events: Events) {
    this.#model = model;
    this.#events = events;
    const { id, label, frame, pretrainingFlops, notes, unknown, parameters } = model;
    this.info = {
      id,
      label,
      engine: 'no engine: the weights stay in the file',
      parallel: true,
      note: notes.join(' ') || null,
      config: frame.shape,
      classNames: numberedClasses(frame.shape.classes),
      pretrainingFlops,
      limits: limitsInFile(label, parameters),
      unknown,
    };
  }

  /** For whatever needs the model to run. */
  refusal(): UserError {
    const { images, training } = limitsInFile(this.#model.label, this.#model.parameters);
    return new UserError(`${training ?? images} Graph, costs, plans and exports work.`);
  }

  async export(untrusted: unknown, format: ExportFormat): Promise<ExportedFile> {
    const plan = this.#plan(untrusted);
    this.#events.status('Writing the file from slices of the opened one', 0);
    const tell = (fraction: number) =>
      this.#events.status('Starting the new operators from the original', fraction);
    const { name, blob, checked } = await exportStored(this.#model, plan, format, tell);
    const weights = Object.keys(plan.slots).length > 0 ? 'untrained' : 'pretrained';
    return { name, blob, maxDeviation: null, inputs: 0, checked, weights };
  }

  /** A plan, or that of a graft on this model; another model is only named, to be opened then. */
  async import(file: File): Promise<ImportedFile> {
    const { id, label, frame } = this.#model;
    const open = { id, shape: frame.shape };
    if (!(await isCheckpoint(file))) {
      const { kind, plan, sentence } = await importFile(blobSource(file), { open });
      return { kind: kind === 'plan' ? 'plan' : 'model', plan, weights: false, sentence };
    }
    const opened = await openFiles({ kind: 'file', file });
    const { kind, checkpoint, plan } = describeFile(opened.label, opened.tensors, { open });
    if (kind === 'base') {
      const base = plan ?? emptyPlan(await idOfBase(opened.label, checkpoint));
      const sentence = `${opened.label} is open: ${modelInWords(checkpoint.shape)}.`;
      return { kind: 'model', plan: base, weights: false, sentence };
    }
    const found = plan ?? emptyPlan(id);
    const sentence = `${opened.label} is open: its plan with ${slotsInWords(found)}; its weights stay in the file, since ${label} is too large to be run here.`;
    return { kind: 'plan', plan: found, weights: false, sentence };
  }

  #plan(untrusted: unknown): Plan {
    const plan = parsePlan(untrusted);
    const { id, frame } = this.#model;
    const { shape } = frame;
    const problem = planProblem(plan, { id, depth: shape.depth, site: (slot) => siteOf(shape, slot) });
    if (problem) throw new UserError(problem);
    return plan;
  }
}
