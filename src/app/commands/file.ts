// Commands that open, save, share and export.
import { planHash } from '../../plan/hash.ts';
import { longestFragment, planToFragment } from '../../plan/url.ts';
import { currentPlan } from '../../store/documentStore.ts';
import { openDropped, openFile } from '../../store/openFile.ts';
import { openLink } from '../../store/openLink.ts';
import { model } from '../../store/sessionStore.ts';
import { openDialog, say } from '../../store/viewStore.ts';
import { pickedFolder } from '../parts/droppedFiles.ts';
import { chooseFile, chooseFolder, download } from '../parts/files.ts';
import { always, type Command } from './command.ts';

export function savePlan(): void {
  const plan = currentPlan();
  const name = `${planHash(plan)}.graft.json`;
  download(name, new Blob([`${JSON.stringify(plan, null, 2)}\n`], { type: 'application/json' }));
  say(`${name} is saved.`);
}

async function copyLink(): Promise<void> {
  const fragment = planToFragment(currentPlan());
  if (fragment.length > longestFragment)
    return say('This plan is too long for a link; save it as a file instead.', 'error');
  const link = `${location.href.split('#')[0]}#${fragment}`;
  try {
    await navigator.clipboard.writeText(link);
    say('The link is copied. It carries the plan, not the weights.');
  } catch {
    say('The browser did not allow copying; the link is in the address bar.', 'error');
  }
}

async function open(): Promise<void> {
  const file = await chooseFile('.safetensors,.pt,.pth,.ckpt,.onnx,.png,.json');
  if (file) await openFile(file);
}

async function openFolder(): Promise<void> {
  const folder = pickedFolder(await chooseFolder());
  if (folder) await openDropped(folder);
}

async function pasteLink(): Promise<void> {
  let text: string;
  try {
    text = await navigator.clipboard.readText();
  } catch {
    return say(
      'The browser did not allow reading the clipboard; paste the link with Ctrl+V instead.',
      'error',
    );
  }
  openLink(text);
}

export const fileCommands: readonly Command[] = [
  {
    id: 'file.open',
    title: 'Open a project, a plan or a model file…',
    group: 'File',
    keys: ['Mod+O'],
    icon: 'open',
    keywords: 'load import safetensors onnx json',
    unavailable: always,
    run: () => void open(),
  },
  {
    id: 'file.openFolder',
    title: 'Open a model folder…',
    group: 'File',
    keys: [],
    icon: 'open',
    keywords: 'hugging face diffusers shards config.json directory',
    unavailable: always,
    run: () => void openFolder(),
  },
  {
    id: 'file.pasteLink',
    title: 'Open the plan link or file address on the clipboard',
    group: 'File',
    keys: [],
    icon: 'open',
    keywords: 'paste url hugging face download',
    unavailable: always,
    run: () => void pasteLink(),
  },
  {
    id: 'file.savePlan',
    title: 'Save only the present plan as a file',
    group: 'File',
    keys: [],
    icon: 'export',
    keywords: 'download json',
    unavailable: always,
    run: savePlan,
  },
  {
    id: 'file.export',
    title: 'Export the model…',
    group: 'File',
    keys: ['Mod+E'],
    icon: 'export',
    keywords: 'safetensors onnx pytorch yaml png html report download weights',
    unavailable: () => (model() ? null : 'the model is still opening'),
    run: () => openDialog({ kind: 'export' }),
  },
  {
    id: 'file.link',
    title: 'Copy a link to this plan',
    group: 'File',
    keys: [],
    icon: 'share',
    keywords: 'share url',
    unavailable: always,
    run: () => void copyLink(),
  },
];
