/** How well arrivals keep a fixed rate whose phase nobody has told. */

export interface Rhythm {
  /** How late each came, in milliseconds, against the tick that the most punctual of them all stands for. */
  readonly lagsMs: readonly number[];
  /** Ticks to which nothing came. */
  readonly missed: number;
}

/** `timesMs` ascending. A lag beyond half the interval counts as the next tick's, and the tick before as missed. */
export const rhythmOf = (timesMs: readonly number[], intervalMs: number): Rhythm => {
  const [firstMs = 0] = timesMs;
  const offsetsMs = timesMs.map((ms) => ms - firstMs);
  const ticks = offsetsMs.map((ms) => Math.round(ms / intervalMs));
  const phasesMs = offsetsMs.map((ms, index) => ms - (ticks[index] ?? 0) * intervalMs);
  const punctualMs = Math.min(...phasesMs);
  return {
    lagsMs: phasesMs.map((ms) => ms - punctualMs),
    missed: (ticks.at(-1) ?? 0) + 1 - new Set(ticks).size,
  };
};
