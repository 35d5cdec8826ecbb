import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock, systemStopwatch, type Clock } from '../../../src/clock.ts';
import { fetchDebianPackage } from '../../../src/dev/debian-package.ts';
import { createPinger, type Pinger, type PingType } from '../../../src/probes/pinger.ts';
import { RunSignal } from '../../../src/run-signal.ts';
import { openPingGroups } from '../../support/loopback.ts';
import { inNamespace } from '../../support/namespace.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const never = (): RunSignal => new RunSignal();
const pinger = (pingType: PingType, clock: Clock = systemClock): Pinger =>
  createPinger({ pingType, clock, stopwatch: systemStopwatch });

const ask = async (pingType: PingType, address: string): ReturnType<Pinger['ping']> => {
  await using made = pinger(pingType);
  return await made.ping({ address, port: undefined }, 5_000, never());
};

/** Of this process. */
const socketsOpen = (): number =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:');
    } catch {
      return false; // closed meanwhile
    }
  }).length;

const fetchPing = (): Promise<string> => fetchDebianPackage('iputils-ping');

inNamespace(
  import.meta.url,
  () => {
    const { PATH } = process.env;
    const withoutPing = '/nonexistent';
    afterAll(() => {
      process.env['PATH'] = PATH;
    });

    describe('with a ping program', () => {
      beforeAll(async () => {
        process.env['PATH'] = join(await fetchPing(), 'bin');
      });

      test.each(['127.0.0.1', '::1', 'localhost'])('ping_type "socket" of %s', async (address) => {
        const outcome = await ask('socket', address);
        expect(outcome).toMatchObject({ type: 'answered' });
        expect(outcome.type === 'answered' && outcome.rttMs).toBeGreaterThan(0);
      });

      test('ping_type "udp" falls back on it while the kernel gives no socket', async () => {
        expect(await ask('udp', '127.0.0.1')).toMatchObject({ type: 'answered' });
      });

      test('an address no way leads to', async () => {
        const outcome = await ask('socket', '192.0.2.1');
        expect(outcome).toMatchObject({ type: 'silent', detail: expect.stringMatching(/unreachable/i) as string }); // safe: a matcher
      });

      test('an address that looks like an option is none', async () => {
        expect(await ask('socket', '-f')).toMatchObject({
          type: 'silent',
          detail: expect.stringContaining('lookup -f') as string,
        }); // safe: a matcher
      });

      test('a signal ends the wait at once', async () => {
        await using made = pinger('socket', createVirtualClock());
        const signal = new RunSignal();
        const running = made.ping({ address: '127.0.0.1', port: undefined }, 5_000, signal);
        signal.abort();
        expect(await running).toEqual({ type: 'aborted' });
      });

      test.each(['C.UTF-8', undefined])('LANG of the daemon stays %s', async (lang) => {
        const before = process.env['LANG'];
        if (lang === undefined) delete process.env['LANG'];
        else process.env['LANG'] = lang;
        await ask('socket', '127.0.0.1');
        expect(process.env['LANG']).toBe(lang);
        if (before !== undefined) process.env['LANG'] = before;
      });
    });

    describe('with neither program nor socket', () => {
      beforeAll(() => {
        process.env['PATH'] = withoutPing;
      });

      test('ping_type "udp" cannot ask, and names every remedy', async () => {
        const outcome = await ask('udp', '127.0.0.1');
        expect(outcome).toMatchObject({ type: 'unsent', error: { code: 'ESM_PROBE_UNSENT' } });
        const message = outcome.type === 'unsent' ? outcome.error.message : '';
        expect(message).toContain('net.ipv4.ping_group_range');
        expect(message).toContain('iputils-ping');
        expect(message).toContain('ping_type = "tcp"');
      });

      test('ping_type "socket" cannot ask either', async () => {
        const outcome = await ask('socket', '127.0.0.1');
        expect(outcome.type === 'unsent' && outcome.error.message).toContain('install iputils-ping');
      });

      test('the kernel and the program are tried again after a minute, not with every ping', async () => {
        const clock = createVirtualClock();
        await using made = pinger('udp', clock);
        const once = (): ReturnType<Pinger['ping']> =>
          made.ping({ address: '127.0.0.1', port: undefined }, 5_000, never());
        expect(await once()).toMatchObject({ type: 'unsent' });
        openPingGroups();
        await clock.advance(59_000);
        expect(await once()).toMatchObject({ type: 'unsent' });
        await clock.advance(1_000);
        const before = socketsOpen();
        for (const outcome of await Promise.all(Array.from({ length: 10 }, once))) {
          expect(outcome).toMatchObject({ type: 'answered' });
        }
        expect(socketsOpen() - before).toBe(1); // they wait for one another's
      });
    });
  },
  { fetch: fetchPing },
);
