// The picture before and after, and as the concept itself is drawn where it has a recipe; then held-out emoji in a row.
import { stylesInfo, useStyles } from '../../../store/styles/stylesStore.ts';
import type { Drawn, StylesInfo } from '../../../workers/generatorProtocol.ts';
import { small } from '../../format/numbers.ts';
import { Icon } from '../../icons/Icon.tsx';
import { emojiName } from './emojiName.ts';
import { Pixels } from './Pixels.tsx';
import { factsOf } from './pictureFacts.ts';
import { startWords } from './startWords.ts';

export function StyledPicture({ info }: { readonly info: StylesInfo }) {
  const { wish, drawn, isStale, tuned, refusal, notice } = useStyles();
  const shown = drawn[wish.start] ?? (isStale ? Object.values(drawn)[0] : undefined);
  return (
    <div
      className="styled"
      data-stale={isStale || undefined}
      data-drawn={shown && !isStale ? shown.adapter.phrase : undefined}
    >
      <Line />
      {notice !== null && <Note tone="warn" text={notice} />}
      {refusal !== null && <Note tone="error" text={refusal} />}
      {refusal === null && shown && (
        <>
          <Pair drawn={shown} tuned={isStale ? null : tuned} side={info.side} />
          <Beside drawn={tuned && !isStale ? tuned : shown} side={info.side} />
        </>
      )}
      {refusal === null && !shown && (
        <div className="styled-pictures">
          <figure>
            <span className="emoji-picture skeleton" />
            <figcaption>Original</figcaption>
          </figure>
          <figure>
            <span className="emoji-picture skeleton" />
            <figcaption>{startWords[wish.start].label}</figcaption>
          </figure>
        </div>
      )}
    </div>
  );
}

/** What is going on, else what was made of which words. */
function Line() {
  const { working, drawn, wish, isStale } = useStyles();
  const shown = isStale ? undefined : drawn[wish.start];
  if (working !== null) {
    return (
      <p className="caption" role="status" data-working>
        <span className="busy" /> {working}…
      </p>
    );
  }
  return (
    <p className="caption" role="status">
      {shown && factsOf(shown)}
    </p>
  );
}

function Pair({
  drawn,
  tuned,
  side,
}: {
  readonly drawn: Drawn;
  readonly tuned: Drawn | null;
  readonly side: number;
}) {
  const name = emojiName(stylesInfo()?.emoji[drawn.emoji]);
  const { label } = startWords[drawn.adapter.start];
  const far = (distance: number | null) => (distance === null ? null : small(distance));
  return (
    <div className="styled-pictures">
      <Figure pixels={drawn.source} side={side} title="Original" label={`${name}, original`} detail={null} />
      <Icon name="arrow" />
      <Figure
        pixels={drawn.drawn}
        side={side}
        title={label}
        label={`${name}, ${drawn.adapter.phrase}, ${label.toLowerCase()} weights`}
        detail={far(drawn.distance)}
      />
      {tuned && (
        <Figure
          pixels={tuned.drawn}
          side={side}
          title="Fine-tuned"
          label={`${name}, ${tuned.adapter.phrase}, fine-tuned`}
          detail={far(tuned.distance)}
        />
      )}
      {drawn.wanted && (
        <Figure
          pixels={drawn.wanted}
          side={side}
          title="Concept"
          label={`${name}, as the concept is defined`}
          detail={null}
        />
      )}
    </div>
  );
}

interface FigureProps {
  readonly pixels: Uint8Array;
  readonly side: number;
  readonly title: string;
  readonly label: string;
  /** Distance to the concept on held-out emoji. */
  readonly detail: string | null;
}

function Figure({ pixels, side, title, label, detail }: FigureProps) {
  return (
    <figure data-figure={title}>
      <Pixels pixels={pixels} side={side} index={0} label={label} />
      <figcaption>
        {title}
        {detail !== null && (
          <span className="num" title="Mean distance to the concept on held-out emoji, pictures from −1 to 1">
            {detail}
          </span>
        )}
      </figcaption>
    </figure>
  );
}

function Beside({ drawn, side }: { readonly drawn: Drawn; readonly side: number }) {
  const names = stylesInfo()?.emoji;
  return (
    <figure className="styled-beside">
      <figcaption className="caption">Emoji that nothing was trained on</figcaption>
      {drawn.shown.slice(1).map((emoji, n) => (
        <Pixels
          key={emoji}
          pixels={drawn.drawn}
          side={side}
          index={n + 1}
          label={`${emojiName(names?.[emoji])}, ${drawn.adapter.phrase}`}
        />
      ))}
    </figure>
  );
}

function Note({ tone, text }: { readonly tone: 'warn' | 'error'; readonly text: string }) {
  return (
    <div className={tone === 'error' ? 'problem problem--error' : 'problem'} data-note={tone}>
      <Icon name={tone === 'error' ? 'warn' : 'info'} />
      <p>{text}</p>
    </div>
  );
}
