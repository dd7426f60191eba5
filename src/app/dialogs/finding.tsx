// What the command palette finds, kind by kind: commands, nodes of the model, plans and runs, and phrases.
import { operators } from '../../operators/index.ts';
import { planHash } from '../../plan/hash.ts';
import type { SlotId } from '../../plan/plan.ts';
import { planName } from '../../plan/planName.ts';
import { allSlots, slotLabel } from '../../plan/slots.ts';
import { currentPlan, editPlan, goToPlan, useDocument } from '../../store/documentStore.ts';
import { heldLabel } from '../../store/placing.ts';
import { nodeName, planFigures } from '../../store/planFigures.ts';
import { usePlanResults } from '../../store/planResults.ts';
import { openProject, useProjects } from '../../store/projects.ts';
import { model, useSession } from '../../store/sessionStore.ts';
import { announce, select, useView } from '../../store/viewStore.ts';
import type { DitShape } from '../../workers/protocol.ts';
import { fitSlots, reveal } from '../canvas/camera.ts';
import type { Command } from '../commands/command.ts';
import { commands } from '../commands/index.ts';
import { chordText, platform } from '../commands/keys.ts';
import { parsePhrase } from '../commands/phrase.ts';
import { type PhraseEdit, phraseEdit } from '../commands/phraseEdit.ts';
import { clockTime, percentText } from '../format/numbers.ts';
import { treeRows } from '../left/plans/treeRows.ts';
import { EditPreview } from './EditPreview.tsx';
import { type Found, hasWords, ranked } from './Finder.tsx';

export function foundCommands(words: string): Found[] {
  const found = commands
    .filter((command) => hasWords(`${command.group} ${command.title} ${command.keywords ?? ''}`, words))
    .map(commandEntry);
  return ranked(found, words);
}

function commandEntry(command: Command): Found {
  const [chord] = command.keys;
  return {
    id: command.id,
    title: command.title,
    group: 'Commands',
    unavailable: command.unavailable(),
    run: () => command.run(),
    ...(command.icon === undefined ? {} : { icon: command.icon }),
    ...(chord === undefined ? {} : { keys: chordText(chord, platform()) }),
  };
}

/** Slots and blocks; a slot is also found by what it holds. */
export function foundNodes(words: string): Found[] {
  const info = model();
  if (!info) return [];
  const { depth } = info.config;
  const slots = allSlots(depth).map((slot) => slotEntry(slot, info.config));
  const blocks = Array.from({ length: depth }, (_, block) => blockEntry(block));
  const found = [...slots, ...blocks].filter(({ title, detail }) =>
    hasWords(`${title} ${detail ?? ''}`, words),
  );
  return ranked(found, words);
}

function slotEntry(slot: SlotId, shape: DitShape): Found {
  const held = currentPlan().slots[slot];
  return {
    id: slot,
    title: slotLabel(slot),
    group: 'Nodes',
    detail: `${heldLabel(shape, slot, held)}${held ? ', grafted' : ''}`,
    icon: slot.endsWith('attn') ? 'attention' : 'mlp',
    unavailable: null,
    run: () => {
      select([slot]);
      reveal(slot);
    },
  };
}

function blockEntry(block: number): Found {
  return {
    id: `block-${block}`,
    title: `Block ${block}`,
    group: 'Nodes',
    detail: 'show it on the canvas',
    icon: 'layers',
    unavailable: null,
    run: () => {
      fitSlots([block]);
      announce(`Block ${block} is in view.`);
    },
  };
}

/** Plans of the tree, runs whose plan is not in it, and other projects. */
export function foundPlans(words: string): Found[] {
  const { history, project } = useDocument.getState();
  const { storedRuns, summaries } = useSession.getState();
  const rows = treeRows(history, (node) => summaries[planHash(node.plan)] !== undefined);
  const inTree = new Set([...history.nodes.values()].map((node) => planHash(node.plan)));
  const plans = rows.map(({ node, isHere }): Found => {
    const hash = planHash(node.plan);
    return {
      id: `plan-${node.id}`,
      title: nodeName(history, node),
      group: 'Plans',
      icon: 'graft',
      detail: [`${hash.slice(0, 4)}`, planFacts(hash, node.plan), clockTime(node.made)]
        .filter(Boolean)
        .join(' · '),
      unavailable: isHere ? 'the present plan' : null,
      run: () => {
        if (goToPlan(node.id)) announce(`Went to ${nodeName(history, node)}.`);
      },
    };
  });
  const runs = storedRuns
    .filter((run) => !inTree.has(run.planHash))
    .map(
      (run): Found => ({
        id: `run-${run.planHash}`,
        title: planName(run.plan),
        group: 'Runs of other projects',
        icon: 'curve',
        detail: `${run.planHash.slice(0, 4)} · ${run.finished ? 'finished' : 'unfinished'} ${clockTime(run.savedAt)}`,
        unavailable: run.plan.base === currentPlan().base ? null : `grafts ${run.plan.base}`,
        run: () => void editPlan({ plan: run.plan, label: 'Plan of a stored run' }),
      }),
    );
  const projects = useProjects
    .getState()
    .list.filter(({ id }) => id !== project.id)
    .map(
      ({ id, name, modified }): Found => ({
        id: `project-${id}`,
        title: name,
        group: 'Projects',
        icon: 'open',
        detail: `saved ${clockTime(modified)}`,
        unavailable: null,
        run: () => void openProject(id),
      }),
    );
  const found = [...plans, ...runs, ...projects];
  return found.filter(({ title, detail, group }) => hasWords(`${group} ${title} ${detail ?? ''}`, words));
}

function planFacts(hash: string, plan: Parameters<typeof planHash>[0]): string {
  const info = model();
  if (!info) return '';
  const result = usePlanResults.getState().byHash.get(hash);
  const { distance, macs, state } = planFigures(hash, plan, info.config, useSession.getState(), result);
  if (state === 'pretrained') return '';
  const cost = `${percentText(macs.now, macs.was)} MACs`;
  return distance ? `FD ${distance.now.toFixed(2)}, ${cost}` : cost;
}

/** What the words would change, each reading of them an entry with a preview. */
export function foundPhrases(words: string): Found[] {
  const info = model();
  if (!info) return [];
  const shape = info.config;
  const plan = currentPlan();
  const { selection } = useView.getState();
  const context = { operators, depth: shape.depth, plan, selection };
  return parsePhrase(words, context).map((phrase, index): Found => {
    const edit = phraseEdit(phrase, plan, shape);
    return {
      id: index === 0 ? 'phrase' : `phrase-${index}`,
      title: edit.title,
      group: 'Edit',
      icon: edit.icon,
      unavailable: edit.refused,
      ...(edit.refused === null
        ? { preview: () => <EditPreview before={plan} after={edit.plan} shape={shape} /> }
        : {}),
      run: () => take(edit),
    };
  });
}

function take({ title, plan, slots }: PhraseEdit): void {
  if (!editPlan({ plan, label: title })) return;
  const [first] = slots;
  if (first) {
    select(slots, first);
    reveal(first);
  }
  announce(`${title}: done.`);
}
