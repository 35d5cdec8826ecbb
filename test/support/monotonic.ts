/** One clock for all processes of this machine. */

/** Milliseconds, with their fractions, of the machine's monotonic clock: comparable between processes, and never set back. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;
