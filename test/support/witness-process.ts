/** The program of a witness: it answers, asks the kernel who is at the other end, and tells the process that started it. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Socket } from 'node:net';
import { monotonicMs } from './monotonic.ts';
import { startHttpTarget } from './targets.ts';
import type { WitnessMessage } from './witness.ts';

/** When the test is over nobody listens any more, and that is no error. */
const tell = (message: WitnessMessage): void => void process.send?.(message, () => undefined);

/** Those who have asked before: they are most likely to ask again. */
const known = new Set<number>();

/** Undefined: it has ended meanwhile. */
function processBehind(socket: Socket): number | undefined {
  const inode = inodeOf(socket);
  if (inode === undefined) return undefined;
  const isHolder = (pid: number): boolean => hasOpen(pid, `socket:[${inode}]`);
  const pid = [...known].find(isHolder) ?? siblings().find(isHolder);
  if (pid !== undefined) known.add(pid);
  return pid;
}

/** What the kernel says of a socket that nobody has open. */
const CLOSED = '0';

/** The kernel gives its table a page at a time, and a row that moves meanwhile is in none of them. */
const READS = 5;

/** What the kernel calls the socket at the other end; undefined: nobody has it open any more. */
function inodeOf(socket: Socket): string | undefined {
  for (let read = 0; read < READS; read += 1) {
    const inode = rowOf(socket)?.[9];
    if (inode !== undefined) return inode === CLOSED ? undefined : inode;
  }
  return undefined;
}

function rowOf({ remotePort = 0, localPort = 0 }: Socket): readonly string[] | undefined {
  const [from = '', to = ''] = [remotePort, localPort].map(
    (port) => `:${port.toString(16).toUpperCase().padStart(4, '0')}`,
  );
  const rows = readFileSync('/proc/net/tcp', 'latin1')
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  return rows.find(([, local = '', remote = '']) => local.endsWith(from) && remote.endsWith(to));
}

/** All that were started by who started this. */
function siblings(): number[] {
  const tasks = `/proc/${process.ppid}/task`;
  const children = readdirSync(tasks).map((task) => readFileSync(`${tasks}/${task}/children`, 'latin1'));
  return children.join(' ').split(/\s+/).filter(Boolean).map(Number);
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

const target = await startHttpTarget(({ url: path = '', socket }, response) => {
  const atMs = monotonicMs();
  const pid = processBehind(socket);
  if (pid !== undefined) tell({ path, atMs, pid });
  response.end();
});
process.once('disconnect', () => process.exit());
tell({ port: target.port });
