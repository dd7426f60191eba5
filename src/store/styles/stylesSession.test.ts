// The talk with the generator worker, with the real host behind it on nets of toy size.
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { generatorPath, translatorBasePath } from '../../generator/paths.ts';
import { UserError } from '../../lib/errors.ts';
import { testHost, toyFiles } from '../../workers/generator/testing.ts';
import type { GeneratorClient } from '../../workers/generatorClient.ts';
import { disconnect, type StartGenerator, setGenerator } from './link.ts';
import { openStyles, showPane, stopTuning, tuneHere, wishFor } from './stylesSession.ts';
import { type StylesState, startOfStyles, stylesInfo, useStyles } from './stylesStore.ts';

let files: Map<string, Uint8Array>;
beforeAll(async () => {
  files = await toyFiles();
});

/** Ends the worker that runs now, as a trap or the browser would. */
let crash: (text: string) => void = () => undefined;
let started = 0;

const generator =
  (present: ReadonlyMap<string, Uint8Array>): StartGenerator =>
  (listener) => {
    started++;
    let gone: string | null = null;
    const host = testHost(present, { onEvent: (event) => gone === null && listener.event(event) });
    const fails: ((error: Error) => void)[] = [];
    crash = (text) => {
      gone = text;
      for (const fail of fails) fail(new UserError(text));
      listener.crashed(text);
    };
    const client: GeneratorClient = {
      ask: (request) =>
        new Promise((resolve, reject) => {
          if (gone !== null) return reject(new UserError(gone));
          fails.push(reject);
          host.ask(request).then(resolve, reject);
        }),
      dispose: () => {
        gone = 'The weight generator was shut down.';
      },
    };
    return client;
  };

beforeEach(() => {
  useStyles.setState(startOfStyles, true);
  started = 0;
  setGenerator(generator(files));
});
afterEach(disconnect);

const state = () => useStyles.getState();

function until(fits: (state: StylesState) => boolean): Promise<StylesState> {
  return new Promise((resolve) => {
    const look = (now: StylesState) => {
      if (!fits(now)) return;
      stop();
      resolve(now);
    };
    const stop = useStyles.subscribe(look);
    look(state());
  });
}

describe('opening styles', () => {
  it('draws a first picture, then the other starts for their distances', async () => {
    await openStyles();
    expect(state().wish).toMatchObject({ phrase: 'halftone, fine', start: 'generated' });
    expect(Object.keys(state().drawn).sort()).toEqual([
      'generated',
      'mean',
      'nearest',
      'random',
      'regressor',
    ]);
    for (const { distance } of Object.values(state().drawn)) expect(distance).toBeGreaterThan(0);
    expect(state().working).toBeNull();
    await openStyles();
    expect(started).toBe(1);
  });

  it('says what is missing, and opens once it is there', async () => {
    const some = new Map(files);
    some.delete(translatorBasePath);
    setGenerator(generator(some));
    await openStyles();
    expect(state().opening).toMatchObject({
      state: 'failed',
      sentence: expect.stringContaining('npm run generator:base makes it'),
    });
    some.set(translatorBasePath, files.get(translatorBasePath) ?? new Uint8Array());
    await openStyles();
    expect(stylesInfo()?.side).toBe(32);
  });

  it('goes without generated weights where their file is missing', async () => {
    const some = new Map(files);
    some.delete(generatorPath);
    setGenerator(generator(some));
    await openStyles();
    expect(state().wish.start).toBe('nearest');
    expect(state().drawn.generated).toBeUndefined();
    expect(state().refusal).toBeNull();
  });
});

describe('wishing', () => {
  it('shows the last of many wishes', async () => {
    await openStyles();
    const wishes = ['sepia', 'night', 'grey, strong'].map((phrase) => wishFor({ phrase }));
    await Promise.all(wishes);
    await until(
      ({ drawn, working }) => working === null && drawn.generated?.adapter.phrase === 'grey, strong',
    );
    expect(Object.values(state().drawn).map(({ adapter }) => adapter.phrase)).toEqual(
      new Array(5).fill('grey, strong'),
    );
  });

  it('keeps what was drawn while only the start changes', async () => {
    await openStyles();
    const before = state().drawn;
    await wishFor({ start: 'mean' });
    expect(state().drawn).toEqual(before);
    await wishFor({ emoji: 5 });
    expect(state().drawn.mean?.shown[0]).toBe(5);
    // A start that is changed while another phrase is on its way is of that phrase.
    await Promise.all([wishFor({ phrase: 'night' }), wishFor({ start: 'random' })]);
    await until(({ working }) => working === null);
    expect(state().drawn.random?.adapter.phrase).toBe('night');
  });

  it('refuses an unknown concept in a sentence, and comes back', async () => {
    await openStyles();
    await wishFor({ phrase: 'halftine' });
    expect(state()).toMatchObject({ drawn: {}, working: null });
    expect(state().refusal).toBe(
      'No word of "halftine" is known; the nearest known words are halftone, fine.',
    );
    await wishFor({ phrase: '' });
    expect(state().refusal).toBe('Say what the picture should look like, e.g. "halftone, fine".');
    await wishFor({ phrase: 'halftone' });
    expect(state().refusal).toBeNull();
    expect(state().drawn.generated?.concept?.id).toBe('halftone-5');
  });

  it('inspects what is on show, while it is looked at', async () => {
    await openStyles();
    expect(state().inspection).toBeNull();
    await showPane('weights');
    expect(state().inspection).toMatchObject({ state: 'done', value: { adapter: { start: 'generated' } } });
    await wishFor({ start: 'nearest' });
    expect(state().inspection).toMatchObject({ value: { adapter: { start: 'nearest' } } });
  });
});

describe('fine-tuning here', () => {
  it('gathers the curves of all starts and draws the tuned picture', async () => {
    await openStyles();
    await wishFor({ phrase: 'sepia' });
    await tuneHere(8, 'beside baselines');
    const { tune, tuned } = state();
    expect(tune?.state).toBe('done');
    expect(Object.keys(tune?.points ?? {})).toEqual(['generated', 'nearest', 'mean', 'regressor', 'random']);
    for (const points of Object.values(tune?.points ?? {})) expect(points.at(-1)?.step).toBe(8);
    expect(tuned?.adapter.weights).toBe('tuned');
    expect(tuned?.distance).toBeCloseTo(tune?.points.generated?.at(-1)?.heldOut ?? 0, 6);
  });

  it('stops when asked, and says that it was stopped', async () => {
    await openStyles();
    const tuning = tuneHere(400, 'alone');
    await until(({ tune }) => (tune?.points.generated?.length ?? 0) > 1);
    stopTuning();
    await tuning;
    expect(state().tune).toMatchObject({ state: 'stopped', sentence: null });
    expect(state().tuned).not.toBeNull();
  });

  it('tells why a phrase without pictures cannot be tuned', async () => {
    await openStyles();
    await wishFor({ phrase: 'fine' });
    await tuneHere(8, 'alone');
    expect(state().tune).toMatchObject({
      state: 'failed',
      sentence: expect.stringContaining('A fine-tune needs pictures to learn from'),
    });
  });
});

describe('a worker that ends', () => {
  it('is started again once, with the same wish and a sentence; then it stays down until asked', async () => {
    await openStyles();
    await wishFor({ phrase: 'night' });
    const tuning = tuneHere(400, 'alone');
    await until(({ tune }) => (tune?.points.generated?.length ?? 0) > 1);
    const ended = 'The browser ended the weight generator. Your plan is not concerned.';
    crash(ended);
    await tuning;
    expect(state().tune).toMatchObject({ state: 'failed', sentence: ended });
    await until(({ notice, working }) => notice !== null && working === null);
    expect(state().notice).toBe(`${ended} It was started again.`);
    expect(state().drawn.generated?.adapter.phrase).toBe('night');
    expect(started).toBe(2);
    const again = 'The weight generator stopped unexpectedly.';
    crash(again);
    expect(state().opening).toEqual({ state: 'failed', sentence: again });
    await openStyles();
    expect(state().opening.state).toBe('ready');
    expect(started).toBe(3);
  });
});
