// All kinds of golden cases that can be run. Adding one is a file, and a line here.
import type { CaseRunner } from '../caseRunner.ts';
import { checkpointsCase } from './checkpoints.ts';
import { diffusionCase } from './diffusion.ts';
import { ditBlockCase, parallelPairCase } from './ditBlock.ts';
import { embeddingsCase } from './embeddings.ts';
import { fidCase } from './fid.ts';
import { localityCase } from './locality.ts';
import { operatorCase } from './operator.ts';
import { pix2pixLossesCase, pix2pixStepsCase } from './pix2pix.ts';
import { stage1Case } from './stage1.ts';
import { stage2Case } from './stage2.ts';
import { translatorCase } from './translator.ts';
import { unet1dCase } from './unet1d.ts';
import { blocksCase, indexCodeCase, recoveryCase } from './weightBlocks.ts';
import { graftedDitCase, wholeDitCase } from './wholeDit.ts';

/** The first that recognises a manifest runs it. */
export const caseRunners: readonly CaseRunner[] = [
  operatorCase,
  ditBlockCase,
  parallelPairCase,
  embeddingsCase,
  diffusionCase,
  stage1Case,
  stage2Case,
  localityCase,
  fidCase,
  checkpointsCase,
  graftedDitCase,
  wholeDitCase,
  translatorCase,
  pix2pixLossesCase,
  pix2pixStepsCase,
  blocksCase,
  indexCodeCase,
  recoveryCase,
  unet1dCase,
];
