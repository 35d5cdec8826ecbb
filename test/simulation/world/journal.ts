/** What happened in a run, a line an event: the story that a failure tells, and that a replay must tell again to the letter. */

export interface Journal {
  note(who: string, what: string): void;
  readonly lines: readonly string[];
}

/** Times are told in seconds since the start of the run. */
export const createJournal = (sinceStartMs: () => number): Journal => {
  const lines: string[] = [];
  return {
    lines,
    note(who, what) {
      lines.push(`${(sinceStartMs() / 1000).toFixed(3).padStart(8)} ${who.padEnd(8)} ${what}`);
    },
  };
};
