// All kinds of golden cases that can be run. Adding one is a file, and a line here.
import type { CaseRunner } from '../caseRunner.ts';
import { checkpointsCase } from './checkpoints.ts';
import { diffusionCase } from './diffusion.ts';
import { ditBlockCase, parallelPairCase } from './ditBlock.ts';
import { embeddingsCase } from './embeddings.ts';
import { fidCase } from './fid.ts';
import { localityCase } from './locality.ts';
import { operatorCase } from './operator.ts';
import { stage1Case } from './stage1.ts';
import { stage2Case } from './stage2.ts';
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
];
