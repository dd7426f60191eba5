// What is kept of a plan's results: figures and small pictures as JSON, whole strips of pictures as bytes.
import { FileError } from '../lib/errors.ts';
import { integer, isRecord, number, readObject, text } from '../plan/reading.ts';
import { isSlotId } from '../plan/slots.ts';
import { parsePlan } from '../plan/validate.ts';
import type { Measurement, SampleFrame, SampleJob, WeightsStage } from '../workers/protocol.ts';
import type { Strip } from './images.ts';
import type { Distance } from './sessionStore.ts';

/** The first pictures of a finished strip, 8-bit, [image, channel, row, column]. */
export interface Thumbnails {
  readonly count: number;
  readonly size: number;
  readonly channels: number;
  readonly pixels: Uint8Array;
}

export interface PlanResult {
  readonly hash: string;
  readonly measurement: Measurement | null;
  readonly distance: Distance | null;
  readonly thumbnails: Thumbnails | null;
}

export function noResult(hash: string): PlanResult {
  return { hash, measurement: null, distance: null, thumbnails: null };
}

const mostThumbnails = 4;

/** Of the last denoising step; null where nothing was drawn. */
export function thumbnailsOf(strip: Strip): Thumbnails | null {
  const frame = strip.frames[strip.frames.length - 1];
  if (!frame) return null;
  const { size, channels } = frame;
  const area = channels * size * size;
  const count = Math.min(mostThumbnails, strip.job.classes.length);
  return { count, size, channels, pixels: frame.pixels.slice(0, count * area) };
}

export function resultToJson(result: PlanResult): unknown {
  const { thumbnails } = result;
  return { ...result, thumbnails: thumbnails && { ...thumbnails, pixels: toBase64(thumbnails.pixels) } };
}

export function parseResult(value: unknown): PlanResult {
  const stored = readObject(value, 'A result', ['hash', 'measurement', 'distance', 'thumbnails']);
  const hash = text(64)(stored.hash, 'The plan of a result');
  return {
    hash,
    measurement: absent(stored.measurement) ? null : readMeasurement(stored.measurement),
    distance: absent(stored.distance) ? null : readDistance(stored.distance, hash),
    thumbnails: absent(stored.thumbnails) ? null : readThumbnails(stored.thumbnails),
  };
}

function absent(value: unknown): boolean {
  return value === null || value === undefined;
}

const readMs = number(0, 1e12);
const readCount = integer(1, 1e9);

function readMeasurement(value: unknown): Measurement {
  const stored = isRecord(value) ? value : {};
  const slots = Array.isArray(stored.slots) ? stored.slots : [];
  return {
    batch: readCount(stored.batch, 'The batch of a measurement'),
    baseMs: readMs(stored.baseMs, 'The measured time of the base'),
    graftMs: readMs(stored.graftMs, 'The measured time of the graft'),
    slots: slots.flatMap((entry: unknown) => {
      if (!isRecord(entry) || typeof entry.slot !== 'string' || !isSlotId(entry.slot)) return [];
      const teacherMs = readMs(entry.teacherMs, 'The measured time of a teacher');
      return [
        {
          slot: entry.slot,
          teacherMs,
          operatorMs: readMs(entry.operatorMs, 'The measured time of an operator'),
        },
      ];
    }),
  };
}

function readDistance(value: unknown, hash: string): Distance {
  const stored = isRecord(value) ? value : {};
  return {
    planHash: hash,
    base: readMs(stored.base, 'The distance of the base'),
    graft: readMs(stored.graft, 'The distance of the graft'),
    stage1: absent(stored.stage1) ? null : readMs(stored.stage1, 'The distance after stage 1'),
    samples: readCount(stored.samples, 'The images of a distance'),
  };
}

function readThumbnails(value: unknown): Thumbnails {
  const stored = isRecord(value) ? value : {};
  const count = integer(1, 64)(stored.count, 'The number of small pictures');
  const size = integer(1, 4096)(stored.size, 'The size of small pictures');
  const channels = integer(1, 4)(stored.channels, 'The channels of small pictures');
  const pixels = fromBase64(text(100_000_000)(stored.pixels, 'The pixels of small pictures'));
  const wanted = count * channels * size * size;
  if (pixels.length !== wanted)
    throw new FileError(
      `Small pictures should have ${wanted} bytes, got ${pixels.length}; the record is damaged.`,
    );
  return { count, size, channels, pixels };
}

/** Frames beyond this are left out but for the last: they would fill the browser's storage. */
const largestStrip = 2_000_000;

/** A finished strip as bytes: length of the header u32, header as JSON, then the pixels of its frames in turn. */
export function encodeStrip(strip: Strip): Uint8Array {
  const all = strip.frames.reduce((sum, frame) => sum + frame.pixels.length, 0);
  const frames = all > largestStrip ? strip.frames.slice(-1) : strip.frames;
  const heads = frames.map(({ step, steps, size, channels, pixels }) => ({
    step,
    steps,
    size,
    channels,
    bytes: pixels.length,
  }));
  const { job, planHash, milliseconds, weights = null, stage = null } = strip;
  const header = new TextEncoder().encode(
    JSON.stringify({ job, planHash, milliseconds, weights, stage, frames: heads }),
  );
  const size = frames.reduce((sum, frame) => sum + frame.pixels.length, 4 + header.length);
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(header, 4);
  let at = 4 + header.length;
  for (const frame of frames) {
    bytes.set(frame.pixels, at);
    at += frame.pixels.length;
  }
  return bytes;
}

export function decodeStrip(bytes: Uint8Array): Strip {
  const damaged = new FileError('The kept pictures of this plan are damaged; draw them again.');
  if (bytes.length < 4) throw damaged;
  const headerBytes = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + headerBytes)));
  } catch {
    throw damaged;
  }
  if (!isRecord(header) || !Array.isArray(header.frames)) throw damaged;
  const job = readJob(header.job);
  let at = 4 + headerBytes;
  const frames = header.frames.map((head: unknown): SampleFrame => {
    if (!isRecord(head)) throw damaged;
    const size = integer(1, 4096)(head.size, 'The size of a kept picture');
    const channels = integer(1, 16)(head.channels, 'The channels of a kept picture');
    const length = job.classes.length * channels * size * size;
    if (head.bytes !== length || at + length > bytes.length) throw damaged;
    const pixels = bytes.slice(at, at + length);
    at += length;
    return {
      jobId: job.jobId,
      which: job.which,
      step: integer(0, 100_000)(head.step, 'The step of a kept picture'),
      steps: integer(0, 100_000)(head.steps, 'The steps of a kept picture'),
      size,
      channels,
      pixels,
    };
  });
  const milliseconds = typeof header.milliseconds === 'number' ? header.milliseconds : null;
  const planHash = text(64)(header.planHash, 'The plan of kept pictures');
  const origin = origins.find((known) => known === header.weights) ?? null;
  const stage = readStage(header.stage);
  return { job, planHash, frames, state: 'done', milliseconds, weights: origin, stage };
}

const origins = ['pretrained', 'trained', 'unfinished', 'untrained'] as const;
const stages = ['start', 'stage1', 'stage2'] as const;

/** Pictures of an earlier version do not say which weights they show. */
function readStage(value: unknown): WeightsStage | null {
  if (!isRecord(value)) return null;
  const stage = stages.find((known) => known === value.stage);
  return stage ? { stage, step: typeof value.step === 'number' ? value.step : null } : null;
}

function readJob(value: unknown): SampleJob {
  const stored = isRecord(value) ? value : {};
  const classes = Array.isArray(stored.classes) ? stored.classes : [];
  return {
    jobId: text(100)(stored.jobId, 'The job of kept pictures'),
    which: stored.which === 'base' ? 'base' : 'graft',
    plan: parsePlan(stored.plan),
    seed: integer(0, 2 ** 31 - 1)(stored.seed, 'The seed of kept pictures'),
    classes: classes.map((label: unknown) => integer(0, 100_000)(label, 'The class of a kept picture')),
    guidance: number(0, 1000)(stored.guidance, 'The guidance of kept pictures'),
    steps: integer(1, 100_000)(stored.steps, 'The steps of kept pictures'),
    sampler: stored.sampler === 'ddpm' ? 'ddpm' : 'ddim',
  };
}

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

function fromBase64(encoded: string): Uint8Array {
  try {
    return Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0));
  } catch (cause) {
    throw new FileError('Small pictures of a result are damaged.', { cause });
  }
}
