/** A time in the words of a picture: `250 ms`, `10 s`, `1 min`. */
export function durationText(milliseconds: number): string {
  if (milliseconds < 1_000) return `${milliseconds} ms`;
  const isWholeMinutes = milliseconds % 60_000 === 0;
  return isWholeMinutes ? `${milliseconds / 60_000} min` : `${milliseconds / 1_000} s`;
}
