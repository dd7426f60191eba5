// The path in the model that new nodes carry (`blocks.3.attn.qkv`), kept as a stack while builders run.
const stack: string[] = [];

export function currentScope(): string {
  return stack.join('.');
}

/** Runs `build` with `name` appended to the scope path. */
export function scoped<T>(name: string, build: () => T): T {
  stack.push(name);
  try {
    return build();
  } finally {
    stack.pop();
  }
}
