// The pinger is a stand-in: only it can be silent, unable to send, or ended at will.
import { once } from 'node:events';
import { beforeEach, describe, expect, it } from 'vitest';
import { createComplaints } from '../../../src/actors/complaints.ts';
import { pingNode, type PingDeps } from '../../../src/actors/ping.ts';
import { EsmError } from '../../../src/errors.ts';
import type { PingOutcome, PingTarget } from '../../../src/probes/ping.ts';
import { RunSignal } from '../../../src/run-signal.ts';
import { createRecordedLog } from '../../support/recorded-log.ts';
import { aProbedNode } from '../../support/roster.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

let signal = new RunSignal();
let clock = createVirtualClock();
let log = createRecordedLog();
let outcome: PingOutcome;
let asked: { target: PingTarget; timeoutMs: number }[] = [];
let observed: number[] = [];

beforeEach(() => {
  clock = createVirtualClock(5_000);
  log = createRecordedLog();
  signal = new RunSignal();
  outcome = { type: 'answered', rttMs: 2.5 };
  asked = [];
  observed = [];
});

const depsOf = (more: Partial<PingDeps> = {}): PingDeps => ({
  pinger: {
    ping: (target, timeoutMs) => {
      asked.push({ target, timeoutMs });
      return Promise.resolve(outcome);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  },
  readServicePort: undefined,
  coordinates: { observe: (_, rttMs) => observed.push(rttMs), forget: () => undefined, stop: () => undefined },
  clock,
  log,
  complaints: createComplaints(log, clock),
  ...more,
});

const ask = (more: Partial<PingDeps> = {}, meta: Record<string, string> = {}, intervalMs = 10_000) =>
  pingNode(depsOf(more), aProbedNode('a', { meta }), intervalMs, signal);

describe('an answer', () => {
  it('is reachable, and moves the coordinate', async () => {
    expect(await ask()).toEqual({ isReachable: true, sentAtMs: 5_000, atMs: 5_000 });
    expect(observed).toEqual([2.5]);
    expect(log.messages('DEBUG')).toEqual(["Node 'a' is reachable"]);
    expect(await ask({ coordinates: undefined })).toMatchObject({ isReachable: true });
  });

  it('that fails to come is unreachable', async () => {
    outcome = { type: 'silent', detail: 'timeout' };
    expect(await ask()).toMatchObject({ isReachable: false });
    expect(observed).toEqual([]);
  });

  it('is none when nothing was sent: told once, and nothing said of the node', async () => {
    outcome = { type: 'unsent', error: new EsmError('ESM_PROBE_UNSENT', 'no ping program') };
    const deps = depsOf();
    for (let times = 0; times < 2; times += 1) {
      expect(await pingNode(deps, aProbedNode('a'), 10_000, signal)).toBeUndefined();
    }
    expect(log.messages('ERROR')).toEqual(['Cannot send ping probes: no ping program']);
  });

  it.each([{ type: 'aborted' }, { type: 'answered', rttMs: 1 }] as const)(
    'is none once the ping was ended: %j',
    async (late) => {
      outcome = late;
      const ended = new RunSignal();
      ended.abort();
      expect(await pingNode(depsOf(), aProbedNode('a'), 10_000, ended)).toBeUndefined();
      expect(observed).toEqual([]);
    },
  );
});

it.each([
  [10_000, 5_000],
  [5_000, 5_000],
  [1_000, 1_000],
])('with an interval of %i ms waits %i ms', async (intervalMs, timeoutMs) => {
  await ask({}, {}, intervalMs);
  expect(asked[0]?.timeoutMs).toBe(timeoutMs);
});

describe('the port', () => {
  const readServicePort = (): Promise<number> => Promise.resolve(8080);

  it.each([
    ['22', 22],
    ['65535', 65_535],
    ['0', 8080],
    ['65536', 8080],
    ['-1', 8080],
    ['1.5', 8080],
    ['ssh', 8080],
    ['', 8080],
    [undefined, 8080],
  ])('with external-probe-port %j is %i', async (meta, port) => {
    await ask({ readServicePort }, meta === undefined ? {} : { 'external-probe-port': meta });
    expect(asked).toEqual([{ target: { address: 'a.example', port }, timeoutMs: 5_000 }]);
  });

  it('is none when Consul cannot tell it, or nobody asks', async () => {
    await ask({ readServicePort: () => Promise.reject(new Error('down')) });
    await ask();
    expect(asked.map(({ target }) => target.port)).toEqual([undefined, undefined]);
  });
});

it('ends the question for a port with the run, and leaves nobody who hears of an abort', async () => {
  let end: AbortSignal | undefined;
  const readServicePort: PingDeps['readServicePort'] = (_, by) => {
    end = by;
    return once(by, 'abort').then(() => undefined);
  };
  outcome = { type: 'aborted' };
  const running = ask({ readServicePort });
  signal.abort();
  expect(await running).toBeUndefined();
  expect(end?.aborted).toBe(true);
  expect(signal.onAbort).toBeUndefined();
});
