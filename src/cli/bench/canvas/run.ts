// `npm run bench -- --suite editor`: frames while panning the canvas with about 640 parts, beside React Flow's own scene.
import { chromium, type Page } from '@playwright/test';
import { build, preview } from 'vite';
import { UserError } from '../../../lib/errors.ts';
import { findChromium } from '../../chromium.ts';

export type SceneName = (typeof sceneNames)[number];
const sceneNames = ['editor', 'editor, whole', 'react-flow'] as const;

export interface CanvasScene {
  /** `editor` at the zoom that text can be read at, `editor, whole` with everything on the screen. */
  readonly name: SceneName;
  readonly parts: number;
  readonly frames: number;
  readonly medianMs: number;
  readonly p95Ms: number;
}

export interface CanvasReport {
  readonly version: 1;
  readonly chromium: string;
  readonly viewport: { readonly width: number; readonly height: number };
  readonly scenes: readonly CanvasScene[];
  /**
   * p95 of the editor, of its slower scene, over p95 of React Flow's: the median over rounds in which all ran one after
   * the other.
   */
  readonly p95Ratio: number;
  /** From opening all blocks of both halves to their frame. */
  readonly expandAllMs: number;
}

const viewport = { width: 1280, height: 720 };
const panMs = 3000;

export async function benchCanvas(rounds: number, progress: (text: string) => void): Promise<CanvasReport> {
  const executablePath = findChromium();
  if (!executablePath) throw new UserError('There is no Chromium here; set SCION_CHROMIUM to its path.');
  const configFile = new URL('./vite.config.ts', import.meta.url).pathname;
  progress('building the page');
  await build({ configFile });
  const server = await preview({ configFile, preview: { port: 0 } });
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--no-first-run'] });
  const address = server.resolvedUrls?.local[0];
  try {
    const open = async (scene: string) => {
      const page = await browser.newPage({ viewport });
      await page.goto(new URL(`page.html?scene=${scene}`, address).href);
      await page
        .locator(scene === 'editor' ? '.slot' : '.react-flow__node')
        .first()
        .waitFor();
      return page;
    };
    const editor = await open('editor');
    const expandAllMs = await editor.evaluate(() => window.expandAll());
    const whole = await open('editor');
    await whole.evaluate(() => window.expandAll());
    await whole.evaluate(() => window.showWhole());
    const pages = { editor, 'editor, whole': whole, 'react-flow': await open('react-flow') };
    const frames: Record<SceneName, number[][]> = { editor: [], 'editor, whole': [], 'react-flow': [] };
    for (let round = 0; round < rounds; round++) {
      for (const name of sceneNames) {
        progress(`round ${round + 1} of ${rounds}: ${name}`);
        frames[name].push(await pan(pages[name]));
      }
    }
    const p95 = (name: SceneName, round: number) => quantile(frames[name][round] ?? [], 0.95);
    const ratios = frames.editor.map(
      (_, round) => Math.max(p95('editor', round), p95('editor, whole', round)) / p95('react-flow', round),
    );
    const scenes: CanvasScene[] = [];
    for (const name of sceneNames) {
      const parts = await pages[name].evaluate(() => window.countParts());
      scenes.push({ name, parts, ...summary(frames[name].flat()) });
    }
    return {
      version: 1,
      chromium: browser.version(),
      viewport,
      scenes,
      p95Ratio: quantile(ratios, 0.5),
      expandAllMs,
    };
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Drags the empty background to and fro, from beside the scene. */
async function pan(page: Page): Promise<number[]> {
  await page.bringToFront();
  const recorded = page.evaluate((milliseconds) => window.recordFrames(milliseconds), panMs);
  const from = { x: viewport.width - 14, y: 120 };
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  const end = Date.now() + panMs;
  for (let step = 0; Date.now() < end; step++) {
    await page.mouse.move(from.x - 200 + 200 * Math.cos(step / 12), from.y + 200 * Math.sin(step / 9));
  }
  await page.mouse.up();
  return recorded;
}

function summary(frames: readonly number[]): Pick<CanvasScene, 'frames' | 'medianMs' | 'p95Ms'> {
  return { frames: frames.length, medianMs: quantile(frames, 0.5), p95Ms: quantile(frames, 0.95) };
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export function canvasTable({
  scenes,
  p95Ratio,
  expandAllMs,
  chromium: version,
  viewport: size,
}: CanvasReport): string {
  return [
    `Panning the canvas, Chromium ${version}, ${size.width} × ${size.height}`,
    ...scenes.map(
      ({ name, parts, frames, medianMs, p95Ms }) =>
        `${name.padEnd(14)} ${String(parts).padStart(5)} parts  ${String(frames).padStart(5)} frames  ` +
        `median ${medianMs.toFixed(1)} ms  p95 ${p95Ms.toFixed(1)} ms`,
    ),
    `p95 over that of React Flow’s scene   ${p95Ratio.toFixed(2)}   (at most 1.2)`,
    `expand all                            ${expandAllMs.toFixed(0)} ms`,
  ].join('\n');
}
