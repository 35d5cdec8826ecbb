/** A web service that knows which process asks: it notes when each path was asked for, and by whom. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Socket } from 'node:net';
import { startHttpTarget } from './targets.ts';

/** One request. */
export interface Sighting {
  /** Milliseconds of a clock that never jumps. */
  readonly atMs: number;
  readonly pid: number;
}

export interface Witness extends AsyncDisposable {
  url(path: string): string;
  /** The requests for a path, oldest first. */
  sightings(path: string): readonly Sighting[];
}

/** Answers everything with 200. Requests of processes that are none of `pids()`, or have ended, are not noted. */
export async function startWitness(pids: () => readonly number[]): Promise<Witness> {
  const seen = new Map<string, Sighting[]>();
  const target = await startHttpTarget(({ url: path = '', socket }, response) => {
    const pid = processBehind(socket, pids());
    if (pid !== undefined) seen.set(path, [...(seen.get(path) ?? []), { atMs: performance.now(), pid }]);
    response.end();
  });
  return {
    url: (path) => `http://127.0.0.1:${target.port}${path}`,
    sightings: (path) => seen.get(path) ?? [],
    [Symbol.asyncDispose]: () => target[Symbol.asyncDispose](),
  };
}

/** The kernel tells the inode of the socket at the other end, and which process has it open; undefined: it has ended meanwhile. */
function processBehind(socket: Socket, pids: readonly number[]): number | undefined {
  const inode = inodeOf(socket);
  return inode === CLOSED ? undefined : pids.find((one) => hasOpen(one, `socket:[${inode}]`));
}

/** What the kernel says of a socket that nobody has open. */
const CLOSED = '0';

function inodeOf({ remotePort = 0, localPort = 0 }: Socket): string {
  const [from = '', to = ''] = [remotePort, localPort].map(
    (port) => `:${port.toString(16).toUpperCase().padStart(4, '0')}`,
  );
  const rows = readFileSync('/proc/net/tcp', 'latin1')
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  return rows.find(([, local = '', remote = '']) => local.endsWith(from) && remote.endsWith(to))?.[9] ?? CLOSED;
}

function hasOpen(pid: number, socket: string): boolean {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).some((fd) => linkOf(`${folder}/${fd}`) === socket);
  } catch {
    return false; // it has ended
  }
}

const linkOf = (path: string): string => {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // closed meanwhile
  }
};
