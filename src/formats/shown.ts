// Values from hostile files in error texts: quoted, short, and never an error themselves.

const longest = 80;

export function shown(value: unknown): string {
  const text = asJson(value);
  return text.length <= longest ? text : `${text.slice(0, longest)}…`;
}

function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return 'a value nested too deeply to show'; // JSON.stringify recurses, JSON.parse does not
  }
}
