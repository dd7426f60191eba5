// The progress of one slot: dashed while it waits, an arc while it trains, a disc with a tick when it is done.
interface Props {
  readonly state: 'queued' | 'training' | 'stopped' | 'done';
  /** 0 to 1. */
  readonly fraction: number;
  readonly label: string;
}

const circumference = 2 * Math.PI * 6;

export function Ring({ state, fraction, label }: Props) {
  const arc = `${Math.max(0.02, Math.min(1, fraction)) * circumference} ${circumference}`;
  return (
    <svg className={`ring ring--${state}`} viewBox="0 0 16 16" role="img" aria-label={label}>
      {state === 'done' ? (
        <>
          <circle className="disc" cx="8" cy="8" r="7" />
          <path className="tick" d="m5 8.2 2.1 2.1L11 6.2" />
        </>
      ) : (
        <circle className="track" cx="8" cy="8" r="6" />
      )}
      {(state === 'training' || state === 'stopped') && (
        <circle className="value" cx="8" cy="8" r="6" strokeDasharray={arc} />
      )}
    </svg>
  );
}
