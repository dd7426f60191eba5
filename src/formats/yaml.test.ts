import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readYaml, writeYaml, type YamlMap } from './yaml.ts';

const sample: YamlMap = {
  operator: { type: 'mha', name: 'hyena_y', config_filepath: 'configs/sequence_mixers/hyena_y.yaml' },
  train_config: { initial_learning_rate: 1e-4, wd: 0, min: 1.25e-6, big: 1e21, on: true, nothing: null },
  graft_indexes: [1, 3, 5],
  graft_weights: { 1: './a.pt', 3: './b.pt' },
  empty: {},
  none: [],
  odd: ['yes', '', ' x', 'a: b', '# no', '1', '1e-4', 'ümlaut "quoted" \\', 'line\nbreak', 'null', '- a'],
};

describe('YAML', () => {
  it('is written as people write it', () => {
    const { operator, graft_indexes, graft_weights } = sample as Record<string, YamlMap>;
    expect(writeYaml({ operator, graft_indexes, graft_weights, lr: 1e-4 } as YamlMap)).toBe(
      `operator:
  type: mha
  name: hyena_y
  config_filepath: configs/sequence_mixers/hyena_y.yaml
graft_indexes:
  - 1
  - 3
  - 5
graft_weights:
  1: ./a.pt
  3: ./b.pt
lr: 0.0001
`,
    );
    expect(writeYaml({ lr: 1e-7 })).toBe('lr: 1.0e-7\n');
  });

  it('reads back what it wrote', () => {
    expect(readYaml(writeYaml(sample), 'a.yaml')).toEqual(sample);
    const scalar = fc.oneof(
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((x) => !Object.is(x, -0)),
    );
    const key = fc.stringMatching(/^[a-z_]{1,9}$/);
    const map = fc.dictionary(key, fc.oneof(scalar, fc.array(scalar), fc.dictionary(key, scalar)), {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(map, (value) => {
        expect(readYaml(writeYaml(value), 'a.yaml')).toEqual(value);
      }),
    );
  });

  it.each([
    ['no colon', 'Line 1 of a.yaml is no YAML that Scion writes: "no colon".'],
    ['a: 1\n   b: 2', 'Line 2 of a.yaml is no YAML that Scion writes: "b: 2".'],
    ['a: 1\na: 2', 'Line 2 of a.yaml names "a" a second time.'],
  ])('refuses %j in one sentence', (text, sentence) => {
    expect(() => readYaml(text, 'a.yaml')).toThrow(sentence);
  });

  const python = process.env.PYTHON ?? 'python3';
  const hasYaml = () => {
    try {
      execFileSync(python, ['-c', 'import yaml'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };
  it.skipIf(!hasYaml())('means the same to PyYAML', () => {
    const script = 'import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin.read())))';
    const read: unknown = JSON.parse(
      execFileSync(python, ['-c', script], { input: writeYaml(sample), encoding: 'utf8' }),
    );
    expect(read).toEqual(sample);
  });
});
