import { describe, expect, it } from 'vitest';
import { present, record, startHistory, undo } from './history.ts';
import { emptyPlan } from './plan.ts';
import { parseProject, projectToJson, resultsOf } from './projectFile.ts';
import { samplePlan } from './testing.ts';
import { parsePlanText } from './validate.ts';

const forked = undo(
  record(startHistory(emptyPlan('dit-test'), 'start', 0), { plan: samplePlan, label: 'x' }, 1),
);
const text = (value: unknown) => JSON.stringify(value);

describe('project files', () => {
  it('hold the name and the tree, and read back as they were', () => {
    const project = { name: 'fashion-mixed', history: forked };
    expect(parseProject(JSON.parse(text(projectToJson(project))))).toEqual(project);
  });

  it('read as their present plan where only a plan is wanted', () => {
    expect(parsePlanText(text(projectToJson({ name: 'x', history: forked })))).toEqual(present(forked));
  });

  it('carry results along without looking at them', () => {
    expect(resultsOf(projectToJson({ name: 'x', history: forked }, [{ any: 1 }]))).toEqual([{ any: 1 }]);
    expect(resultsOf(projectToJson({ name: 'x', history: forked }))).toEqual([]);
  });

  it('refuse other files and later versions in one sentence', () => {
    expect(() => parseProject({ format: 'scion-plan' })).toThrow(
      'the mark "format": "scion-project" is missing',
    );
    expect(() => parseProject({ format: 'scion-project', version: 2 })).toThrow(
      'This project has version 2, this Scion reads 1; open it with the Scion that wrote it.',
    );
  });
});
