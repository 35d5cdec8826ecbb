/** Who acts as leader and when, as the daemons say themselves: on their pipes to the test there is no network to lie. */

interface Term {
  readonly instanceId: string;
  readonly fromMs: number;
  /** Infinity: it goes on. */
  toMs: number;
}

export interface Terms {
  /** What takes the lines of that instance's log. */
  listener(instanceId: string): (line: string) => void;
  /** Instances that act as leader now. */
  acting(): readonly string[];
  /** Each two terms of which one began before the other was over; empty: there never was more than one acting leader. */
  overlaps(): readonly string[];
}

export function recordTerms(): Terms {
  const terms: Term[] = [];
  const isOpen = ({ toMs }: Term): boolean => toMs === Infinity;
  return {
    listener: (instanceId) => (line) => {
      if (line.includes('Obtained leadership')) terms.push({ instanceId, fromMs: performance.now(), toMs: Infinity });
      if (line.includes('Lost leadership')) end(terms.findLast((term) => term.instanceId === instanceId));
    },
    acting: () => terms.filter(isOpen).map(({ instanceId }) => instanceId),
    overlaps: () =>
      terms.flatMap((later, at) =>
        terms
          .slice(0, at)
          .filter((earlier) => earlier.toMs > later.fromMs)
          .map((earlier) => tell(earlier, later)),
      ),
  };
}

const end = (term: Term | undefined): void => {
  if (term !== undefined) term.toMs = performance.now();
};

const tell = (earlier: Term, later: Term): string =>
  `${later.instanceId} led ${Math.round(Math.min(earlier.toMs, performance.now()) - later.fromMs)} ms before ${earlier.instanceId} stopped`;
