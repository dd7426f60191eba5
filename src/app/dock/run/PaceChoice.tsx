// While a run goes on: whether it takes all of the device, or leaves gaps for the page and for other programs.
import { selectIsTraining, useSession } from '../../../store/sessionStore.ts';
import { useSettings } from '../../../store/settingsStore.ts';
import { setPace } from '../../../store/trainerSession.ts';
import type { RunPace } from '../../../workers/protocol.ts';
import { Segmented } from '../../parts/Segmented.tsx';

const choices: readonly { readonly value: RunPace; readonly label: string }[] = [
  { value: 'full', label: 'Full speed' },
  { value: 'smooth', label: 'Keep UI smooth' },
];

export function PaceChoice() {
  const pace = useSettings((settings) => settings.pace);
  const training = useSession(selectIsTraining);
  if (!training) return null;
  return (
    <div className="pace">
      <small>This run and the next</small>
      <Segmented<RunPace>
        label="Speed of runs"
        choices={choices}
        value={pace}
        onChange={(next) => void setPace(next)}
      />
    </div>
  );
}
