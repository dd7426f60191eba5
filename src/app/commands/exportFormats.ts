// The files that a model leaves as: one record each, read by the export sheet, the menus and the command palette.
import { exportPage, type PageExport } from '../../store/exporting/pageExports.ts';
import { type ExportKind, model } from '../../store/sessionStore.ts';
import { exportModel } from '../../store/trainerSession.ts';
import { openDialog } from '../../store/viewStore.ts';
import type { ExportFormat } from '../../workers/protocol.ts';
import type { Command } from './command.ts';

export interface ExportEntry {
  readonly id: ExportKind;
  readonly title: string;
  readonly about: string;
  readonly write: () => Promise<void>;
}

const fromTrainer = (id: ExportFormat, title: string, about: string): ExportEntry => ({
  id,
  title,
  about,
  write: () => exportModel(id),
});

const fromPage = (id: PageExport, title: string, about: string): ExportEntry => ({
  id,
  title,
  about,
  write: () => exportPage(id),
});

export const exportFormats: readonly ExportEntry[] = [
  fromTrainer(
    'safetensors',
    'Weights, safetensors',
    'Every tensor under its checkpoint name, with the plan inside. Drop it on this window to open it again.',
  ),
  fromTrainer('onnx', 'Model, ONNX', 'A guided denoising step for any ONNX runtime, with the plan inside.'),
  fromTrainer(
    'pytorch',
    'Model, PyTorch',
    'model.py with one class an operator, the weights, and recorded outputs that it checks itself against.',
  ),
  fromTrainer(
    'yaml',
    'Configuration, grafting YAML',
    'Operator, stage 1, stage 2 and sampling files of the grafting paper’s repository.',
  ),
  fromPage('png', 'Pictures, PNG', 'The pictures on show, base above graft, with the plan inside.'),
  fromPage('html', 'Report, HTML', 'Curves, pictures, costs, errors and provenance in one file.'),
];

export const exportCommands: readonly Command[] = exportFormats.map(({ id, title, about, write }) => ({
  id: `export.${id}`,
  title: `Export: ${title}`,
  group: 'File',
  keys: [],
  icon: 'export',
  keywords: about,
  unavailable: () => (model() ? null : 'the model is still opening'),
  run: () => {
    openDialog({ kind: 'export' });
    void write();
  },
}));
