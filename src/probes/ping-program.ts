/** `ping_type = "socket"`: ICMP through the `ping` program, which holds the privilege for a raw socket. */
import type pingPackage from 'ping';
import type { Clock } from '../clock.ts';
import { EsmError } from '../errors.ts';
import type { Deadline } from './deadline.ts';
import type { PingOutcome } from './ping.ts';

/** Pings a numeric address. */
export type AddressPing = (address: string, deadline: Deadline) => Promise<PingOutcome>;

const MISSING = 'there is no ping program that could be run (install iputils-ping)';
const FORBIDDEN = 'the ping program may not open its socket (setcap cap_net_raw+ep on it)';

/** A program that is not there is looked for again after this long: each try costs a fork. */
const LOOK_AGAIN_AFTER_MS = 60_000;

/** The program ends by itself after this long, even when nobody waits for it any more. */
const DEADLINE_S = 5;

const unsent = (reason: string, cause?: unknown): PingOutcome => ({
  type: 'unsent',
  error: new EsmError('ESM_PROBE_UNSENT', reason, { cause }),
});

type Answer = Awaited<ReturnType<typeof pingPackage.promise.probe>>;

/** Runs the program once. The package sets LANG of this process for good; it is put back before anyone can see. */
const runOnce = async (address: string): Promise<Answer> => {
  const { default: ping } = await import('ping');
  const { LANG } = process.env;
  const running = ping.promise.probe(address, {
    timeout: DEADLINE_S,
    deadline: DEADLINE_S,
    min_reply: 1,
    // Where `ping` speaks both families, `ping6` may be missing.
    ...(process.platform === 'linux' ? { v6: false } : {}),
  });
  if (LANG === undefined) delete process.env['LANG'];
  else process.env['LANG'] = LANG;
  return running;
};

const judge = ({ alive, output, time }: Answer): PingOutcome => {
  if (alive && typeof time === 'number') return { type: 'answered', rttMs: time };
  if (/not permitted|permission denied|lacking (capability|privilege)/i.test(output)) return unsent(FORBIDDEN);
  const words = output.split('\n').find((line) => /^ping|unreachable|loss/i.test(line));
  return { type: 'silent', detail: words?.trim() ?? 'no answer' };
};

/** Makes the ping by program. It costs a process a ping, so that a socket in this process comes first where there is one. */
export const createProgramPing = (clock: Clock): AddressPing => {
  let missingSinceMs: number | undefined;
  const run = async (address: string): Promise<PingOutcome> => {
    try {
      const outcome = judge(await runOnce(address));
      missingSinceMs = undefined;
      return outcome;
    } catch (cause) {
      missingSinceMs = clock.now();
      return unsent(MISSING, cause);
    }
  };
  return async (address, deadline) => {
    if (missingSinceMs !== undefined && Math.abs(clock.now() - missingSinceMs) < LOOK_AGAIN_AFTER_MS) {
      return unsent(MISSING);
    }
    const outcome = await deadline.wait<PingOutcome>((settle) => {
      void run(address).then(settle);
      return () => undefined;
    });
    if (outcome === 'aborted') return { type: 'aborted' };
    return outcome === 'expired' ? { type: 'silent', detail: `no answer from ${address}` } : outcome;
  };
};
