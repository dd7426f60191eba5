// The name of a side over its picture, or what keeps the picture away.
import { type ComparedSide, waitingText } from './useCompared.ts';

export function Tag({ side, place = 'left' }: { side: ComparedSide; place?: 'left' | 'right' }) {
  const { letter, choice, frame } = side;
  return (
    <span className={`compare-tag compare-tag--${place}`}>
      <Letter letter={letter} isBase={choice.source.kind === 'base'} />
      <span className="words">
        {choice.short}
        {!frame && <em> {waitingText(side)}</em>}
      </span>
    </span>
  );
}

export function Letter({ letter, isBase }: { letter: string; isBase: boolean }) {
  return <span className={isBase ? 'letter' : 'letter letter--graft'}>{letter}</span>;
}
