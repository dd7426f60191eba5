// Finds a name that occurs twice in one object of a JSON text; JSON.parse silently keeps the last.

/** The first name given twice within the same object, or undefined. `json` is a text that JSON.parse accepts. */
export function duplicateKey(json: string): string | undefined {
  const open: (Set<string> | undefined)[] = []; // a set of names for each open object, undefined for each open array
  let position = 0;
  while (position < json.length) {
    const character = json[position];
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(undefined);
    else if (character === '}' || character === ']') open.pop();
    if (character !== '"') {
      position++;
      continue;
    }
    const end = endOfString(json, position);
    const names = open.at(-1);
    if (names && isName(json, end)) {
      const name: unknown = JSON.parse(json.slice(position, end));
      if (names.has(String(name))) return String(name);
      names.add(String(name));
    }
    position = end;
  }
  return undefined;
}

/** `start` is at the opening quote; the result is just behind the closing one. */
function endOfString(json: string, start: number): number {
  let position = start + 1;
  while (position < json.length && json[position] !== '"') position += json[position] === '\\' ? 2 : 1;
  return position + 1;
}

function isName(json: string, end: number): boolean {
  let position = end;
  while (' \t\n\r'.includes(json[position] ?? '"')) position++;
  return json[position] === ':';
}
