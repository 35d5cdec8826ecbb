/** Tests that need a network of their own: they run again inside `unshare`, where this user is root. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import koffi from 'koffi';
import { expect, test } from 'vitest';
import { remedyFor } from './network-remedy.ts';

/** Set for the run inside. */
const INSIDE = 'CONSUL_ESM_TEST_INSIDE_NAMESPACE';

/** Root needs no user namespace, and in one it could not write to a checkout that belongs to somebody else. */
const NAMESPACES = process.getuid?.() === 0 ? '-nm' : '-rnm';

const NOTHING = (): Promise<unknown> => Promise.resolve();
const PATIENCE_MS = 60_000;

/** What a run that took too long has to end itself. */
const ENDING_MS = 10_000;

/**
 * Defines tests that run in fresh network and mount namespaces with the loopback up. Outside there is one test: that those
 * inside pass. `prepare` is shell, run as root of the namespaces before the tests begin; `fetch` still has the machine's network.
 * The tests inside may take `patienceMs` all told. Where the kernel refuses namespaces, the one test fails with the remedy.
 */
export const inNamespace = (
  file: string,
  define: () => void,
  { prepare = 'true', fetch = NOTHING, patienceMs = PATIENCE_MS } = {},
): void => {
  if (process.env[INSIDE] === '1') {
    bringLoopbackUp();
    define();
    return;
  }
  test(
    'in a network namespace of its own',
    async () => {
      await fetch();
      const { code, printed } = await runInside(fileURLToPath(file), prepare, AbortSignal.timeout(patienceMs));
      expect(code, printed.startsWith('unshare: ') ? remedyFor(printed) : printed).toBe(0);
    },
    patienceMs + ENDING_MS,
  );
};

/** One that takes too long is ended, and with it whatever it started. */
const runInside = (
  file: string,
  prepare: string,
  signal: AbortSignal,
): Promise<{ code: number | null; printed: string }> =>
  new Promise((resolve, reject) => {
    const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
    const root = fileURLToPath(new URL('../..', import.meta.url));
    const script = `${prepare} && exec "$0" "$1" run "$2"`;
    const { PATH, HOME, TMPDIR, CONSUL_BIN } = process.env;
    const child = spawn('unshare', [NAMESPACES, 'sh', '-c', script, process.execPath, vitest, file], {
      cwd: root,
      env: { PATH, HOME, TMPDIR, CONSUL_BIN, [INSIDE]: '1', NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    }
    child.once('error', ({ message }) => {
      reject(new Error(remedyFor(message)));
    });
    const end = (): boolean => child.kill('SIGTERM');
    signal.addEventListener('abort', end, { once: true });
    process.once('exit', end);
    child.once('close', (code) => {
      process.off('exit', end);
      resolve({ code, printed });
    });
  });

/** Lets this user open ICMP datagram sockets, in the namespace only. A new namespace forbids them, and cannot go back to that. */
export const openPingGroups = (): void => {
  // In the user namespace that `unshare -r` makes, this user's group is 0 and there is no other.
  writeFileSync('/proc/sys/net/ipv4/ping_group_range', '0 0');
};

/** What `ip link set lo up` does, where there may be no `ip`. */
const bringLoopbackUp = (): void => {
  const [AF_INET, SOCK_DGRAM, SIOCSIFFLAGS, IFF_UP] = [2, 2, 0x8914, 1];
  const libc = koffi.load(null);
  const socket = libc.func('int socket(int, int, int)') as (...numbers: number[]) => number; // safe: declared in that text
  const ioctl = libc.func('int ioctl(int, unsigned long, void *)') as (
    fd: number,
    order: number,
    data: Buffer,
  ) => number; // safe: likewise
  const request = Buffer.alloc(40);
  request.write('lo', 0);
  request.writeInt16LE(IFF_UP, 16);
  if (ioctl(socket(AF_INET, SOCK_DGRAM, 0), SIOCSIFFLAGS, request) !== 0) throw new Error('cannot bring lo up');
};
