import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setSeed } from '../plan/edits.ts';
import { emptyPlan } from '../plan/plan.ts';
import { samplePlan } from '../plan/testing.ts';
import { planToFragment } from '../plan/url.ts';
import { type Desk, followLink, openDocument, startAutosave } from './autosave.ts';
import { bundledBase, currentPlan, editPlan, startDocument, undoEdit, useDocument } from './documentStore.ts';
import { startOfSession, useSession } from './sessionStore.ts';
import { testModel } from './testing.ts';

function desk(saved: string | null = null, fragment = ''): Desk & { saved(): string | null; hash(): string } {
  let text = saved;
  let hash = fragment;
  return {
    storage: {
      getItem: () => text,
      setItem: (_key, value) => {
        text = value;
      },
    },
    fragment: () => hash,
    setFragment: (next) => {
      hash = next;
    },
    saved: () => text,
    hash: () => hash,
  };
}

beforeEach(() => {
  vi.useFakeTimers();
  startDocument(emptyPlan(bundledBase), 'start');
  useDocument.setState({ savedAt: null });
  useSession.setState(startOfSession);
});
afterEach(() => vi.useRealTimers());

describe('openDocument', () => {
  it('starts empty where nothing is stored', () => {
    expect(openDocument(desk())).toBeNull();
    expect(currentPlan()).toEqual(emptyPlan(bundledBase));
  });

  it('takes the plan of the link and keeps the saved one below it', () => {
    const saved = setSeed(samplePlan, 9);
    expect(openDocument(desk(JSON.stringify(saved), `#${planToFragment(samplePlan)}`))).toBeNull();
    expect(currentPlan()).toEqual(samplePlan);
    undoEdit();
    expect(currentPlan()).toEqual(saved);
  });

  it('says what is wrong with a link and still opens the saved plan', () => {
    expect(openDocument(desk(JSON.stringify(samplePlan), '#plan=AAAA'))).toContain('damaged');
    expect(currentPlan()).toEqual(samplePlan);
  });

  it('says what is wrong with the saved plan and overwrites nothing by that', () => {
    const broken = desk('{"format":"scion-plan","version":3}');
    expect(openDocument(broken)).toContain('newer Scion');
    expect(broken.saved()).toBe('{"format":"scion-plan","version":3}');
  });
});

describe('autosave', () => {
  it('writes storage and address once the person rests', () => {
    const table = desk();
    const { stop } = startAutosave(table);
    for (let seed = 1; seed < 5; seed++) {
      editPlan({ plan: setSeed(currentPlan(), seed), label: 'seed' });
      vi.advanceTimersByTime(100);
    }
    expect(table.saved()).toBeNull();
    vi.advanceTimersByTime(300);
    expect(JSON.parse(table.saved() ?? '')).toEqual(currentPlan());
    expect(table.hash()).toBe(planToFragment(currentPlan()));
    expect(useDocument.getState().savedAt).not.toBeNull();
    stop();
  });

  it('writes at once when the page closes', () => {
    const table = desk();
    const { flush, stop } = startAutosave(table);
    editPlan({ plan: samplePlan, label: 'x' });
    flush();
    expect(JSON.parse(table.saved() ?? '')).toEqual(samplePlan);
    stop();
  });

  it('does not claim to have saved when storage refuses', () => {
    const table = desk();
    const full = {
      ...table,
      storage: {
        ...table.storage,
        setItem: () => {
          throw new Error('QuotaExceededError');
        },
      },
    };
    const { flush, stop } = startAutosave(full);
    editPlan({ plan: samplePlan, label: 'x' });
    flush();
    expect(useDocument.getState().savedAt).toBeNull();
    expect(table.hash()).toBe(planToFragment(samplePlan));
    stop();
  });
});

describe('the address', () => {
  it('carries the saved plan as soon as the page is open', () => {
    const table = desk(JSON.stringify(samplePlan));
    openDocument(table);
    startAutosave(table).stop();
    expect(table.hash()).toBe(planToFragment(samplePlan));
  });

  it('keeps a link that could not be read, and storage what it could not read', () => {
    const table = desk('{"format":"scion-plan","version":3}', '#plan=AAAA');
    openDocument(table);
    const { flush, stop } = startAutosave(table);
    flush();
    expect(table.hash()).toBe('#plan=AAAA');
    expect(table.saved()).toContain('"version":3');
    stop();
  });
});

describe('followLink', () => {
  it('refuses a plan of another model in one sentence', () => {
    useSession.setState({ opening: { state: 'ready', model: testModel } });
    startDocument(samplePlan, 'start');
    const foreign = { ...samplePlan, base: 'other' };
    expect(followLink(desk(null, `#${planToFragment(foreign)}`))).toContain(
      'This plan grafts the model "other"',
    );
    expect(currentPlan()).toBe(samplePlan);
  });

  it('makes one history entry, and none for the plan that is open already', () => {
    const table = desk(null, `#${planToFragment(samplePlan)}`);
    followLink(table);
    followLink(table);
    expect(useDocument.getState().history.nodes.size).toBe(2);
  });
});
