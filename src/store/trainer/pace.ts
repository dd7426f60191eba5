// How much of the device a run takes: kept as a setting, told to the trainer when it changes and when it starts.
import type { RunPace } from '../../workers/protocol.ts';
import { setSettings, useSettings } from '../settingsStore.ts';
import { askTrainer, isConnected } from './link.ts';

export async function setPace(pace: RunPace): Promise<void> {
  setSettings({ pace });
  if (isConnected()) await askTrainer({ kind: 'pace', pace });
}

/** To a trainer that has just started, and runs at full speed as long as nobody tells it anything. */
export async function tellPace(): Promise<void> {
  const { pace } = useSettings.getState();
  if (pace !== 'full') await askTrainer({ kind: 'pace', pace });
}
