/** What a prober makes of servers that are broken or mean harm, whichever thread it runs on. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProbeOutcome } from '../../../src/probes/probe.ts';
import type { Prober } from '../../../src/probes/prober.ts';
import { RunSignal } from '../../../src/run-signal.ts';
import { eventually } from '../../support/eventually.ts';
import { FAULTY_ANSWERS, ODD_BODIES } from '../../support/hostile-answers.ts';
import * as servers from '../../support/hostile-servers.ts';
import { runnable } from '../../support/probing.ts';
import { startHttpTarget, startRawTarget, startTcpTarget, type Target } from '../../support/targets.ts';

export interface HostileSubject {
  readonly prober: Prober;
  /** Bytes that the thread of the probes holds in buffers, rubbish not counted. */
  keptBytes(): Promise<number>;
  close(): Promise<void>;
}

/** Long enough for a slow machine: nothing that is asserted depends on it. */
const PATIENCE_MS = 9_000;
const never = (): RunSignal => new RunSignal();

/** What a head may be at most. */
const LONGEST_HEAD = 65_536;
const HEADS = 64;

/** The rest of the thread's buffers comes and goes by as much. */
const ELSEWHERE = 1_000_000;
const PLENTY = 10 * ELSEWHERE;

export const describeHostile = (name: string, open: () => HostileSubject): void => {
  let subject: HostileSubject;
  beforeAll(() => {
    subject = open();
  });
  afterAll(() => subject.close());

  const urlOf = ({ port }: Target): string => `http://127.0.0.1:${port}/`;
  const ask = (target: Target, timeoutMs = PATIENCE_MS, signal = never()): Promise<ProbeOutcome> =>
    subject.prober.run(runnable({ HTTP: urlOf(target) }), timeoutMs, signal);
  const faulty = (target: Target, fault: string): ProbeOutcome => ({
    ...{ type: 'measured', status: 'critical' },
    output: `Get "${urlOf(target)}": ${fault}`,
  });
  const passing = (target: Target, body: string): ProbeOutcome => ({
    ...{ type: 'measured', status: 'passing' },
    output: `HTTP GET ${urlOf(target)}: 200 OK Output: ${body}`,
  });

  describe(`${name}: what is no answer is a fault`, () => {
    test.each(FAULTY_ANSWERS)('%s', async (_what, bytes, fault) => {
      await using target = await startRawTarget(bytes);
      expect(await ask(target)).toEqual(faulty(target, fault));
    });

    test('garbage is refused at once, without waiting for more', async () => {
      await using target = await startRawTarget('220 mail.example ESMTP\r\n', { isKept: true });
      const fault = 'net/http: HTTP/1.x transport connection broken: malformed HTTP response "220 mail.example ESMTP"';
      expect(await ask(target)).toEqual(faulty(target, fault));
    });

    test('a connection that is reset', async () => {
      await using target = await startTcpTarget((socket) => {
        socket.once('data', () => socket.resetAndDestroy());
      });
      expect(await ask(target)).toEqual(faulty(target, 'read tcp: read: connection reset by peer'));
    });

    test.each(servers.HEADS_WITHOUT_END)('%s without end: refused at 64 KiB', async (_what, head, more, fault) => {
      await using target = await servers.startPourer(head, more);
      expect(await ask(target)).toEqual(faulty(target, fault));
    });

    test('a head byte by byte: refused when the time is over', async () => {
      await using target = await servers.startEndlessDrip();
      const fault = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
      expect(await ask(target, 300)).toEqual(faulty(target, fault));
    });
  });

  describe(`${name}: a body cannot spoil a good status`, () => {
    test.each(ODD_BODIES)('%s', async (_what, bytes, body) => {
      await using target = await startRawTarget(bytes);
      expect(await ask(target)).toEqual(passing(target, body));
    });

    test('one that stalls is given as far as it came', async () => {
      await using target = await startHttpTarget((_request, response) => response.write('the first half'));
      expect(await ask(target, 500)).toEqual(passing(target, 'the first half'));
    });

    test('byte by byte comes to the same', async () => {
      const OK = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
      await using target = await servers.startDrip(`${OK}5\r\nhello\r\n3\r\n wo\r\n0\r\n\r\n`);
      expect(await ask(target)).toEqual(passing(target, 'hello wo'));
    });

    test('of 200 MB the last 4 KiB', async () => {
      await using target = await servers.startBulk('ü', 'end');
      expect(await ask(target)).toEqual(passing(target, `${'ü'.repeat(2_046)}end`));
    });

    test.each(servers.SIZE_LINES_WITHOUT_END)('%s without end: given up', async (_what, head, more, body) => {
      await using target = await servers.startPourer(head, more);
      expect(await ask(target)).toEqual(passing(target, body));
    });

    test.each(servers.BODIES_WITHOUT_END)(
      '%s without end: left when the time is over',
      async (_what, head, more, body) => {
        await using target = await servers.startPourer(head, more);
        expect(await ask(target, 500)).toEqual(passing(target, body));
      },
    );
  });

  describe(`${name}: what is kept meanwhile`, () => {
    test('64 KiB of each head, and nothing of it once the run has ended', async () => {
      await using target = await servers.startStalledHead(LONGEST_HEAD);
      const signals = Array.from({ length: HEADS }, () => new RunSignal());
      const before = await subject.keptBytes();
      const kept = async (): Promise<number> => (await subject.keptBytes()) - before;
      const running = signals.map((signal) => ask(target, PATIENCE_MS, signal));
      await eventually('all heads', async () => (await kept()) > (HEADS - 1) * LONGEST_HEAD);
      expect(await kept()).toBeLessThan(HEADS * LONGEST_HEAD + ELSEWHERE);
      for (const signal of signals) signal.abort();
      await Promise.all(running);
      await eventually('the end of them', async () => (await kept()) < ELSEWHERE);
    });

    test.each(servers.BODIES_WITHOUT_END)('next to nothing of %s without end', async (_what, head, more) => {
      let poured = 0;
      await using target = await servers.startPourer(head, more, (bytes) => (poured = bytes));
      const signal = new RunSignal();
      const before = await subject.keptBytes();
      const running = ask(target, PATIENCE_MS, signal);
      await eventually('plenty', () => poured > PLENTY);
      expect((await subject.keptBytes()) - before).toBeLessThan(ELSEWHERE);
      signal.abort();
      expect(await running).toEqual({ type: 'aborted' });
    });
  });
};
