// Which picture is compared: one thumbnail a seed, of the first side.
import { selectModel, useSession } from '../../../store/sessionStore.ts';
import { usePicked } from '../images/picked.ts';
import { PixelCanvas } from './PixelCanvas.tsx';
import type { Compared } from './useCompared.ts';

export function Picker({ compared }: { compared: Compared }) {
  const job = useSession((state) => state.strips.base?.job);
  const names = useSession((state) => selectModel(state)?.classNames);
  const [first] = compared.sides;
  if (!job) return null;
  const last = first?.strip?.frames.at(-1);
  return (
    <section className="compare-picker" aria-label="Pictures">
      {job.classes.map((label, index) => {
        const name = `${names?.[label] ?? `class ${label}`}, seed ${job.seed + index}`;
        return (
          <button
            key={index}
            type="button"
            className={index === compared.index ? 'cell is-selected' : 'cell'}
            aria-pressed={index === compared.index}
            aria-label={name}
            title={name}
            onClick={() => usePicked.setState({ index })}
          >
            <PixelCanvas frame={last} index={index} label="" manner="still" />
          </button>
        );
      })}
    </section>
  );
}
