// The command palette: `>` commands, `@` nodes of the model, `#` plans and runs, plain text all of them; and phrases
// such as `mlp 3x on 8-11`, which show what they would change.
import { Finder, type Found, type Hint } from './Finder.tsx';
import { foundCommands, foundNodes, foundPhrases, foundPlans } from './finding.tsx';

const hints: readonly Hint[] = [
  { text: '> commands', query: '>' },
  { text: '@ nodes', query: '@' },
  { text: '# plans', query: '#' },
  { text: 'or say it: mlp 3x on 4-6', query: 'mlp 3x on 4-6' },
];

export function CommandPalette({ query }: { query: string }) {
  return (
    <Finder
      label="Search or run a command"
      placeholder="Search, run a command, or say what to change"
      initial={query}
      hints={hints}
      find={find}
    />
  );
}

const most = 60;

function find(query: string): readonly Found[] {
  const words = query.replace(/^[>@#]/, '').trim();
  switch (query[0]) {
    case '>':
      return foundCommands(words);
    case '@':
      return foundNodes(words);
    case '#':
      return foundPlans(words);
    default:
      return [
        ...foundPhrases(words),
        ...foundCommands(words),
        ...(words === '' ? [] : [...foundNodes(words), ...foundPlans(words)]),
      ].slice(0, words === '' ? undefined : most);
  }
}
