/**
 * A web service that knows which process asks: it notes when each path was asked for, and by whom. It is a process of its own, so
 * that nothing the test does makes it late.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** One request. */
export interface Sighting {
  /** By `monotonicMs()` of monotonic.ts. */
  readonly atMs: number;
  readonly pid: number;
}

export interface Witness extends AsyncDisposable {
  url(path: string): string;
  /** The requests for a path, oldest first. */
  sightings(path: string): readonly Sighting[];
}

/** What the process tells: first its port, then each request. */
export type WitnessMessage = { readonly port: number } | (Sighting & { readonly path: string });

const PROGRAM = fileURLToPath(new URL('witness-process.ts', import.meta.url));

/** Answers everything with 200. Only requests of processes that this one has started, and that still run, are noted. */
export async function startWitness(): Promise<Witness> {
  const seen = new Map<string, Sighting[]>();
  const child = fork(PROGRAM, { execArgv: ['--import', 'tsx'] });
  const ended = once(child, 'exit');
  const port = await new Promise<number>((resolve, reject) => {
    child.once('error', reject).once('exit', () => {
      reject(new Error('the witness has ended'));
    });
    child.on('message', (message: WitnessMessage) => {
      if ('port' in message) resolve(message.port);
      else note(seen, message);
    });
  });
  return {
    url: (path) => `http://127.0.0.1:${port}${path}`,
    sightings: (path) => seen.get(path) ?? [],
    async [Symbol.asyncDispose]() {
      child.disconnect();
      await ended;
    },
  };
}

function note(seen: Map<string, Sighting[]>, { path, atMs, pid }: Sighting & { readonly path: string }): void {
  const known = seen.get(path) ?? [];
  seen.set(path, known);
  known.push({ atMs, pid });
}
