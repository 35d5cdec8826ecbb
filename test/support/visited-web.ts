/** A web service that notes who asks, by address: on a switch with many hosts that tells which instance probes what. */
import { startHttpTarget } from './targets.ts';

export interface Visit {
  /** By `performance.now()`. */
  readonly atMs: number;
  /** The address that asked. */
  readonly from: string;
}

export interface VisitedWeb extends AsyncDisposable {
  /** The URL of a path, which begins with a slash. It answers 200. */
  url(path: string): string;
  /** Requests for a path so far, oldest first. */
  visits(path: string): readonly Visit[];
}

/** On a free port of `address`. */
export async function startVisitedWeb(address: string): Promise<VisitedWeb> {
  const visits = new Map<string, Visit[]>();
  const target = await startHttpTarget(({ url: path = '', socket }, response) => {
    const known = visits.get(path) ?? [];
    visits.set(path, known);
    known.push({ atMs: performance.now(), from: socket.remoteAddress ?? '' });
    response.end('well');
  }, address);
  return {
    url: (path) => `http://${address}:${target.port}${path}`,
    visits: (path) => visits.get(path) ?? [],
    [Symbol.asyncDispose]: () => target[Symbol.asyncDispose](),
  };
}
