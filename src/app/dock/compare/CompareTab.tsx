// Same-seed pictures of two or three plans or stages, compared at any denoising step.
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useSession } from '../../../store/sessionStore.ts';
import { runCommand } from '../../commands/index.ts';
import { NoPictures, selectRefusal } from '../images/NoPictures.tsx';
import { Film } from './Film.tsx';
import { ModeBar } from './ModeBar.tsx';
import { Numbers } from './Numbers.tsx';
import { Picker } from './Picker.tsx';
import { Sides } from './Sides.tsx';
import { Stage } from './Stage.tsx';
import { useCompared } from './useCompared.ts';

/** Below this height the pictures need all of it. */
const filmHeight = 420;

export function CompareTab() {
  const compared = useCompared();
  const box = useRef<HTMLDivElement>(null);
  const [tall, setTall] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setTall(element.clientHeight >= filmHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const refusal = useSession(selectRefusal);
  if (refusal !== null) return <NoPictures reason={refusal} />;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys that no control inside has taken walk the steps.
    <div className={tall ? 'compare compare--tall' : 'compare'} ref={box} onKeyDown={walkSteps}>
      <div className="compare-left">
        <Sides compared={compared} />
        <Picker compared={compared} />
      </div>
      <div className="compare-middle">
        <ModeBar compared={compared} />
        <Stage compared={compared} />
        {tall && <Film compared={compared} />}
      </div>
      <Numbers compared={compared} />
    </div>
  );
}

function walkSteps(event: KeyboardEvent): void {
  const command = { ArrowRight: 'compare.next', ArrowLeft: 'compare.previous' }[event.key];
  if (!command || event.defaultPrevented || ownsArrows(event.target)) return;
  event.preventDefault();
  runCommand(command);
}

function ownsArrows(target: EventTarget): boolean {
  return (
    target instanceof Element && target.closest('input, select, [role="slider"], [role="radio"]') !== null
  );
}
