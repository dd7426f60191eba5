// The text of model.py: a grafted DiT in plain PyTorch, top to bottom, with one class for each operator it uses.
import { known } from '../../../lib/errors.ts';
import { teacherOperator } from '../../../models/dit.ts';
import type { DitFrame } from '../../../models/fixedTables.ts';
import { graftsOf } from '../../../models/pictures.ts';
import { type DitShape, gridOf, outChannels, siteOf, slotIds } from '../../../models/shape.ts';
import { planHash } from '../../../plan/hash.ts';
import type { Plan, SlotId } from '../../../plan/plan.ts';
import { type PytorchPrinter, printerOf } from './printers/index.ts';
import { backboneSource, runSource, samplingSource, weightsSource } from './sources.ts';

export interface PrintedModel {
  readonly frame: Pick<DitFrame, 'shape' | 'divisor'>;
  readonly plan: Plan;
}

export function modelSource({ frame, plan }: PrintedModel): string {
  const { shape, divisor } = frame;
  const used = usedPrinters(shape, plan);
  const helpers = new Map(used.flatMap(({ needs }) => needs.map(({ name, source }) => [name, source])));
  return [
    heading(shape, plan),
    constants(shape, divisor),
    ...helpers.values(),
    ...used.map(({ source }) => source),
    backboneSource,
    mixersSource(shape, plan),
    weightsSource,
    samplingSource,
    runSource,
  ]
    .map((part) => part.trim())
    .join('\n\n\n')
    .concat('\n');
}

function usedPrinters(shape: DitShape, plan: Plan): readonly PytorchPrinter[] {
  return [...new Set(slotIds(shape).map((slot) => printerOf(heldIn(shape, plan, slot).operator.id)))];
}

function heldIn(shape: DitShape, plan: Plan, slot: SlotId) {
  return graftsOf(plan)[slot] ?? teacherOperator(shape, slot);
}

function heading(shape: DitShape, plan: Plan): string {
  const grafted = Object.keys(plan.slots).length;
  const what =
    grafted === 0 ? 'as it was pretrained' : `with ${grafted} grafted slot${grafted > 1 ? 's' : ''}`;
  return `"""${JSON.stringify(plan.base).slice(1, -1)} ${what}: a diffusion transformer of depth ${shape.depth} and width ${shape.width}.

Written by Scion from the plan ${planHash(plan)}. Needs torch and nothing else; model.safetensors lies beside it.

    python model.py                        # runs the model against the outputs that came with it
    from model import load, sample
    images = sample(load(), classes=[0, 1, 2, 3])
"""

import argparse
import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn`;
}

function constants(shape: DitShape, divisor: DitFrame['divisor']): string {
  const grid = gridOf(shape);
  return [
    `IMAGE = ${shape.inputSize}  # rows and columns of an image or latent`,
    `CHANNELS = ${shape.channels}`,
    `OUT_CHANNELS = ${outChannels(shape)}  # noise${shape.learnSigma ? ', then the variance parameter' : ''}`,
    `PATCH = ${shape.patchSize}`,
    `TOKENS = ${grid * grid}  # ${grid} x ${grid}, in raster order`,
    `WIDTH = ${shape.width}`,
    `CLASSES = ${shape.classes}  # ${shape.classes} itself is the null class`,
    `TIME_CODE = 256`,
    `TIME_DIVISOR = ${divisor === 'half' ? 128 : 127}  # of the exponents of the time code's frequencies`,
    // DiT guides three of four latent channels; kept for exact reproducibility.
    `GUIDED_CHANNELS = ${shape.channels === 4 ? 3 : shape.channels}`,
  ].join('\n');
}

/** The part that the plan decides: which operator stands in which slot. */
function mixersSource(shape: DitShape, plan: Plan): string {
  const build = (slot: SlotId) => {
    const { operator, config } = heldIn(shape, plan, slot);
    const printer = printerOf(operator.id);
    return `${printer.className}(${printer.arguments(config, siteOf(shape, slot))})`;
  };
  const rows = Array.from({ length: shape.depth }, (_, block) => {
    const [attn, mlp] = [`blocks.${block}.attn`, `blocks.${block}.mlp`] as const;
    const grafted = [attn, mlp].filter((slot) => plan.slots[slot]).map((slot) => slot.split('.')[2]);
    const note =
      grafted.length > 0 ? `, grafted: ${grafted.map((part) => known(part, 'part')).join(', ')}` : '';
    return `        (${build(attn)}, ${build(mlp)}),  # block ${block}${note}`;
  });
  return `def mixers():
    """The sequence mixer and the channel mixer of every block."""
    return [
${rows.join('\n')}
    ]`;
}
