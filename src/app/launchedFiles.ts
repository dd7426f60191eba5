// Files that the system opens with the installed app: the manifest names the types, this opens what comes.
import { openFile } from '../store/openFile.ts';

/** File Handling API, in Chromium's browsers only. */
interface LaunchQueue {
  setConsumer(consume: (launch: { readonly files: readonly FileSystemFileHandle[] }) => void): void;
}

declare global {
  interface Window {
    readonly launchQueue?: LaunchQueue;
  }
}

/** The queue holds launches until it has a consumer: nothing is lost that came before the model was open. */
export function openLaunchedFiles(): void {
  window.launchQueue?.setConsumer(({ files }) => void openInTurn(files));
}

async function openInTurn(files: readonly FileSystemFileHandle[]): Promise<void> {
  for (const handle of files) await openFile(await handle.getFile());
}
