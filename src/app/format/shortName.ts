// Names of operators where a slot stands beside them.

/** `Sliding window attention` says nothing more than `Sliding window` in an attention slot. */
export function shortName(label: string): string {
  return label.replace(/(?<=\w) attention$/, '');
}
