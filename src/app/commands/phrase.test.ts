import { beforeEach, describe, expect, it } from 'vitest';
import { operators } from '../../operators/index.ts';
import { emptyPlan } from '../../plan/plan.ts';
import { samplePlan } from '../../plan/testing.ts';
import { slotCost } from '../../store/costs.ts';
import { planDifference } from '../../store/planDiff.ts';
import { startOfSession, useSession } from '../../store/sessionStore.ts';
import { testModel } from '../../store/testing.ts';
import { type Phrase, parsePhrase } from './phrase.ts';
import { phraseEdit } from './phraseEdit.ts';
import { parseBlocks, parsePlace } from './slotWords.ts';

const context = {
  operators,
  depth: 12,
  plan: emptyPlan('dit-test'),
  selection: ['blocks.2.attn', 'blocks.3.mlp'] as const,
};
const parse = (text: string) => parsePhrase(text, context);
const attn = (...blocks: number[]) => blocks.map((block) => `blocks.${block}.attn`);
const mlp = (...blocks: number[]) => blocks.map((block) => `blocks.${block}.mlp`);

describe('phrases that replace', () => {
  it.each([
    ['mlp 2x on 8-11', 'mlp', { ratio: 2 }, mlp(8, 9, 10, 11)],
    ['mlp ratio 3 on 0', 'mlp', { ratio: 3 }, mlp(0)],
    ['swa on 3', 'swa', null, attn(3)],
    ['swa 8 on blocks 1, 5', 'swa', { window: 8 }, attn(1, 5)],
    ['sliding window 7 on every second attention', 'swa', { window: 7 }, attn(1, 3, 5, 7, 9, 11)],
    ['swa window 4 grid on 2 and 4', 'swa', { window: 4, shape: 'grid' }, attn(2, 4)],
    ['Hyena-X on odd', 'hyena_x', null, attn(1, 3, 5, 7, 9, 11)],
    ['hyena y on every third', 'hyena_y', null, attn(2, 5, 8, 11)],
    ['sliding on 2', 'swa', null, attn(2)],
    ['mamba on last 2', 'mamba2', null, attn(10, 11)],
    ['put mlp 3× onto all but 0 and 11', 'mlp', { ratio: 3 }, mlp(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)],
    ['replace 2 to 4 with hyena-se', 'hyena_se', null, attn(2, 3, 4)],
    ['replace every mlp with mlp 2x', 'mlp', { ratio: 2 }, mlp(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)],
    ['mlp 2x 8-11', 'mlp', { ratio: 2 }, mlp(8, 9, 10, 11)],
    ['swa 4 odd', 'swa', { window: 4 }, attn(1, 3, 5, 7, 9, 11)],
    ['swa on selected', 'swa', null, attn(2)],
    ['swa on last half', 'swa', null, attn(6, 7, 8, 9, 10, 11)],
    ['swa on first 3', 'swa', null, attn(0, 1, 2)],
    ['swa on after 9', 'swa', null, attn(10, 11)],
    ['swa on up to 1', 'swa', null, attn(0, 1)],
    ['mlp on 99', 'mlp', null, []],
  ])('%s', (text, operator, variant, slots) => {
    const [phrase] = parse(text);
    if (phrase?.kind !== 'replace') throw new Error(`${text} was read as ${phrase?.kind}`);
    expect(phrase.operator.id).toBe(operator);
    expect(phrase.variant).toEqual(variant);
    expect(phrase.slots).toEqual(slots);
  });

  it('offers each operator that a short name may mean', () => {
    const found = parse('hyena on 3').map((phrase) => phrase.kind === 'replace' && phrase.operator.id);
    expect(found).toEqual(expect.arrayContaining(['hyena_se', 'hyena_x', 'hyena_y']));
  });

  it.each([
    '',
    'mlp',
    'on 3',
    'mlp on x',
    'unknown on 3',
    'swa 7',
    'show the run',
    'undo',
    'swa seven on 3',
    'all',
  ])('leave %j alone', (text) => expect(parse(text)).toEqual([]));
});

describe('other phrases', () => {
  const grafted = { ...context, plan: samplePlan };
  const read = (text: string) => parsePhrase(text, grafted);

  it.each<[string, Phrase]>([
    ['restore 3-5', { kind: 'restore', slots: ['blocks.3.attn', 'blocks.5.mlp'] }],
    ['restore attention', { kind: 'restore', slots: ['blocks.3.attn'] }],
    ['teacher on 5', { kind: 'restore', slots: ['blocks.5.mlp'] }],
    ['restore 0', { kind: 'restore', slots: [] }],
    ['window 7 on all', { kind: 'config', field: 'window', value: 7, slots: ['blocks.3.attn'] }],
    ['ratio 2x on all', { kind: 'config', field: 'ratio', value: 2, slots: ['blocks.5.mlp'] }],
    ['set shape to grid on 3', { kind: 'config', field: 'shape', value: 'grid', slots: ['blocks.3.attn'] }],
    [
      'ridge start on all',
      { kind: 'start', initialisation: 'ridge', slots: ['blocks.3.attn', 'blocks.5.mlp'] },
    ],
    ['stage 1 steps 800', { kind: 'recipe', recipe: 'stage1', name: 'steps', value: 800 }],
    ['stage 2 learning rate 1e-4', { kind: 'recipe', recipe: 'stage2', name: 'learningRate', value: 1e-4 }],
    ['warmup 10', { kind: 'recipe', recipe: 'stage2', name: 'warmupSteps', value: 10 }],
    ['scope lora', { kind: 'recipe', recipe: 'stage2', name: 'scope', value: 'lora' }],
    ['seed 7', { kind: 'seed', value: 7 }],
  ])('%s', (text, phrase) => expect(read(text)).toEqual([phrase]));

  it('offers both stages where both have the setting', () => {
    expect(read('steps 800').map((phrase) => phrase.kind === 'recipe' && phrase.recipe)).toEqual([
      'stage1',
      'stage2',
    ]);
  });
});

describe('places', () => {
  it('keep to the blocks there are', () => {
    expect(parseBlocks('10-99', 12)).toEqual([10, 11]);
    expect(parseBlocks('all', 3)).toEqual([0, 1, 2]);
    expect(parseBlocks('even', 5)).toEqual([0, 2, 4]);
    expect(parseBlocks('3 1 1', 5)).toEqual([1, 3]);
    expect(parseBlocks('5-2', 12)).toEqual([2, 3, 4, 5]);
    expect(parseBlocks('all except 1-3', 6)).toEqual([0, 4, 5]);
    expect(parseBlocks('from 3 but 4', 6)).toEqual([3, 5]);
    expect(parseBlocks('sometimes', 6)).toBeUndefined();
    expect(parseBlocks('', 6)).toBeUndefined();
  });

  it('mean both slots of a block unless one is named or usual', () => {
    expect(parsePlace('1', context, null)?.slots).toEqual(['blocks.1.attn', 'blocks.1.mlp']);
    expect(parsePlace('1 mlp', context, 'attn')?.slots).toEqual(mlp(1));
    expect(parsePlace('selection', context, null)?.slots).toEqual(context.selection);
  });
});

describe('edits of phrases', () => {
  const shape = testModel.config;
  beforeEach(() => useSession.setState({ ...startOfSession, opening: { state: 'ready', model: testModel } }));
  const edit = (text: string, plan = samplePlan) => {
    const [phrase] = parsePhrase(text, { operators, depth: shape.depth, plan, selection: [] });
    if (!phrase) throw new Error(`${text} is no phrase`);
    return phraseEdit(phrase, plan, shape);
  };

  it('say what they do and change exactly that', () => {
    const made = edit('mlp 2x on 5-6');
    expect(made.title).toBe('Put MLP, ratio 2 on 2 MLP slots');
    expect(made.refused).toBeNull();
    const { slots, macs } = planDifference(samplePlan, made.plan, shape);
    expect(slots.map(({ slot, before, after }) => [slot, before, after])).toEqual([
      ['blocks.5.mlp', 'MLP, ratio 3', 'MLP, ratio 2'],
      ['blocks.6.mlp', 'MLP, ratio 4', 'MLP, ratio 2'],
    ]);
    const saved = slotCost(shape, 'blocks.6.mlp', undefined).macs / 2;
    expect(macs.was - macs.now).toBeGreaterThan(saved);
  });

  it('restore only what is grafted', () => {
    const made = edit('restore 3-5');
    expect(made.title).toBe('Restore the teacher on 2 slots');
    expect(made.plan.slots).toEqual({});
    expect(edit('restore 0').refused).toBe('nothing is grafted there');
  });

  it('refuse in the words of the border', () => {
    expect(edit('mlp 2x on 99').refused).toBe('the model has blocks 0 to 7');
    expect(edit('hyena-x on 2 mlp').refused).toContain('mixes tokens; Block 2 MLP mixes channels');
    expect(edit('window 400 on all').refused).toContain(
      'Window of Sliding window attention on Block 3 attention',
    );
    expect(edit('stage 1 steps 0').refused).toContain('stage1.steps should lie between 1 and');
    expect(edit('scope half').refused).toContain('stage2.scope should be one of all, grafted, lora');
    expect(edit('window 4 on 3').refused).toBe('it is so already');
  });
});
