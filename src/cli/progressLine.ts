// One line of progress that is rewritten in a terminal and printed now and then elsewhere.
const silentMs = 15_000;

export function progressLine(stream: NodeJS.WriteStream = process.stderr): {
  show(text: string): void;
  end(): void;
} {
  let last = 0;
  return {
    show(text) {
      if (stream.isTTY) stream.write(`\r\x1b[2K${text}`);
      else if (Date.now() - last > silentMs) {
        last = Date.now();
        stream.write(`${text}\n`);
      }
    },
    end() {
      if (stream.isTTY) stream.write('\n');
    },
  };
}

/** `2 h 03 min`, `4 min 10 s`, `12 s`. */
export function duration(seconds: number): string {
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, '0')} s`;
  return `${Math.floor(s / 3600)} h ${String(Math.floor((s % 3600) / 60)).padStart(2, '0')} min`;
}
