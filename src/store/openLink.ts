// A plan link that was pasted: its plan opens as one history entry, like one in the address.
import { sentence, UserError } from '../lib/errors.ts';
import { planFromFragment } from '../plan/url.ts';
import { planProblem } from '../plan/validate.ts';
import { planModel } from './costs.ts';
import { editPlan } from './documentStore.ts';
import { model } from './sessionStore.ts';
import { say } from './viewStore.ts';

/** The hash part of a plan link within a text, or undefined. */
export function planFragmentIn(text: string): string | undefined {
  return /#(plan=[\w-]+)/.exec(text)?.[1];
}

/** Opens the plan of a link, or says in one sentence why not. */
export function openLink(text: string): void {
  try {
    const fragment = planFragmentIn(text);
    const plan = fragment === undefined ? undefined : planFromFragment(fragment);
    if (!plan) throw new UserError('There is no plan link in what was pasted; a plan link ends in #plan=….');
    const info = model();
    const problem = info && planProblem(plan, planModel(info));
    if (problem) throw new UserError(problem);
    editPlan({ plan, label: 'Opened from the link' });
    say('The plan of the link is open. One undo brings the plan before it back.');
  } catch (error) {
    say(sentence(error), 'error');
    if (!(error instanceof UserError)) throw error;
  }
}
