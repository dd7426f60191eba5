// What pictures are drawn with: class, seed, steps, guidance, number.
import { selectModel, useSession } from '../../../store/sessionStore.ts';
import { setSettings, useSettings } from '../../../store/settingsStore.ts';
import { Icon } from '../../icons/Icon.tsx';
import { CommandButton } from '../../parts/CommandButton.tsx';
import { NumberEntry } from '../../parts/NumberEntry.tsx';
import { Segmented } from '../../parts/Segmented.tsx';

export function SampleControls() {
  const { guidance, sampleSteps, sampleClass, sampleSeed, sampleCount } = useSettings();
  const names = useSession((state) => selectModel(state)?.classNames) ?? [];
  return (
    <section className="controls" aria-label="Sampling">
      <div className="pane-head">
        <h2 className="head">Sampling</h2>
      </div>
      <dl className="settings">
        <dt>Class</dt>
        <dd>
          <select
            className="pick"
            aria-label="Class"
            value={sampleClass}
            onChange={(event) =>
              setSettings({
                sampleClass: event.target.value === 'every' ? 'every' : Number(event.target.value),
              })
            }
          >
            <option value="every">Every class</option>
            {names.map((name, index) => (
              <option key={name} value={index}>
                {name}
              </option>
            ))}
          </select>
        </dd>
        <dt>First seed</dt>
        <dd>
          <NumberEntry
            label="First seed"
            value={sampleSeed}
            min={0}
            max={2 ** 31 - 1}
            step={1}
            onCommit={(value) => setSettings({ sampleSeed: value })}
          />
        </dd>
        <dt>Steps, DDIM</dt>
        <dd>
          <NumberEntry
            label="Denoising steps"
            value={sampleSteps}
            min={1}
            max={1000}
            step={1}
            onCommit={(value) => setSettings({ sampleSteps: value })}
          />
        </dd>
        <dt>Guidance</dt>
        <dd>
          <NumberEntry
            label="Guidance"
            value={guidance}
            min={1}
            max={10}
            step="any"
            onCommit={(value) => setSettings({ guidance: value })}
          />
        </dd>
        <dt>Pictures</dt>
        <dd>
          <Segmented
            label="Pictures"
            choices={[8, 16, 32].map((count) => ({ value: count, label: String(count) }))}
            value={sampleCount}
            onChange={(count) => setSettings({ sampleCount: count })}
          />
        </dd>
      </dl>
      <CommandButton id="run.sample" className="btn btn--outline">
        <Icon name="play" /> Draw again
      </CommandButton>
    </section>
  );
}
