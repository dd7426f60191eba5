// Where golden cases come from: a folder on disk, files served to a page, or bytes in a test.

export interface GoldenSource {
  /** What error texts call the folder. */
  readonly name: string;
  /** Paths of all files, relative to the folder, with `/` between the parts. */
  list(): Promise<readonly string[]>;
  read(path: string): Promise<Uint8Array>;
}
