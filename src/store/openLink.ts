// A link that was pasted: a plan opens as one history entry, like one in the address; a file is fetched and opened.
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

/** The address of a file that Scion opens; one of Hugging Face's pages about a file means the file. */
export function fileAddressIn(text: string): URL | undefined {
  const found = /^\s*(https?:\/\/\S+\.(?:safetensors|pt|pth|ckpt|onnx|json|png))(?:\?\S*)?\s*$/i.exec(
    text,
  )?.[1];
  if (found === undefined || !URL.canParse(found)) return undefined;
  const address = new URL(found);
  if (address.host === 'huggingface.co')
    address.pathname = address.pathname.replace(/^(\/[^/]+\/[^/]+)\/blob\//, '$1/resolve/');
  return address;
}

/** Opens the file of an address; false where the text is none. */
export function openFileAddress(text: string): boolean {
  const address = fileAddressIn(text);
  if (!address) return false;
  void import('./openAddress.ts').then(({ openAddress }) => openAddress(address));
  return true;
}

/** Opens the plan of a link, or says in one sentence why not. */
export function openLink(text: string): void {
  if (openFileAddress(text)) return;
  try {
    const fragment = planFragmentIn(text);
    const plan = fragment === undefined ? undefined : planFromFragment(fragment);
    if (!plan)
      throw new UserError(
        'There is no plan link in what was pasted; a plan link ends in #plan=…, the address of a file in its kind, such as .safetensors.',
      );
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
