/** Tests that need a network of their own: they run again inside `unshare`, where this user is root. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { bringLoopbackUp, NAMESPACES } from './loopback.ts';
import { remedyFor } from './network-remedy.ts';

/** Set for the run inside. */
const INSIDE = 'CONSUL_ESM_TEST_INSIDE_NAMESPACE';

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
