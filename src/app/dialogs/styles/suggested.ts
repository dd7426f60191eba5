// Which concepts are offered below the field, by what is typed.
import type { Suggestion } from '../../../workers/generatorProtocol.ts';
import { hasWords } from '../Finder.tsx';

const most = 60;

/** One of each family until something is typed; then all levels. */
export function suggested(all: readonly Suggestion[], text: string): readonly Suggestion[] {
  const words = text.replaceAll(',', ' ').trim();
  if (words === '') return all.filter(({ isUsual }) => isUsual);
  return all.filter(({ phrase, family }) => hasWords(`${phrase} ${family}`, words)).slice(0, most);
}
