// Names under which a file says what plan it was made with: metadata of models, text chunks of pictures.
export const planKeys = {
  /** The plan's canonical JSON. */
  plan: 'scion_plan',
  planHash: 'scion_plan_hash',
  base: 'scion_base',
  /** Version of the program that wrote the file. */
  version: 'scion_version',
} as const;
