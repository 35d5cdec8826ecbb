import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { systemClock, systemStopwatch, type Clock } from '../../../src/clock.ts';
import { createPinger, type Pinger } from '../../../src/probes/pinger.ts';
import { RunSignal } from '../../../src/run-signal.ts';
import { icmpCount } from '../../support/icmp-counts.ts';
import { openPingGroups } from '../../support/loopback.ts';
import { inNamespace } from '../../support/namespace.ts';
import { startSilentSubnet } from '../../support/network.ts';
import { describeContract, type Aimed } from './contract.ts';

const never = (): RunSignal => new RunSignal();

/** Fewer than the kernel remembers neighbours, more than it keeps requests for. */
const MORE_THAN_ROOM = 600;

/** Lets the kernel answer no echo request of IPv6 any more: in the namespace only. */
const setSilentIpv6 = (isSilent: boolean): void => {
  writeFileSync('/proc/sys/net/ipv6/icmp/echo_ignore_all', isSilent ? '1' : '0');
};
const pinger = (clock: Clock = systemClock): Pinger =>
  createPinger({ pingType: 'udp', clock, stopwatch: systemStopwatch });

const aim =
  (address: string) =>
  (clock: Clock): Promise<Aimed> => {
    const made = pinger(clock);
    return Promise.resolve({
      run: (timeoutMs, signal) => made.ping({ address, port: undefined }, timeoutMs, signal),
      isUnderWay: () => true,
      [Symbol.asyncDispose]: () => made[Symbol.asyncDispose](),
    });
  };

inNamespace(import.meta.url, () => {
  describe('with net.ipv4.ping_group_range open', () => {
    openPingGroups();
    setSilentIpv6(true);

    describeContract('a ping by ICMP', {
      answering: aim('127.0.0.1'),
      answered: { type: 'answered' },
      silent: aim('::1'),
      expired: { type: 'silent' },
    });

    test.each(['127.0.0.1', '::1', 'localhost', '127.9.8.7'])('%s answers in a measured time', async (address) => {
      setSilentIpv6(false);
      await using made = pinger();
      const outcome = await made.ping({ address, port: undefined }, 5_000, never());
      expect(outcome).toMatchObject({ type: 'answered' });
      expect(outcome.type === 'answered' && outcome.rttMs).toBeGreaterThan(0);
    });

    test.each(['127.0.0.1', '::1'])(
      '%s is not blamed for a second in which nobody reads its answer',
      async (address) => {
        await using made = pinger();
        const ask = () => made.ping({ address, port: undefined }, 5_000, never());
        await ask(); // opens the socket, so that the next request leaves at once
        const asked = ask();
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
        const outcome = await asked;
        expect(outcome.type === 'answered' && outcome.rttMs).toBeLessThan(500);
      },
    );

    test('what the kernel has no room for is sent when it has', async () => {
      await using made = pinger();
      const ask = (address: string, timeoutMs: number) => made.ping({ address, port: undefined }, timeoutMs, never());
      await ask('127.0.0.1', 5_000); // opens the socket, so that the next requests leave at once
      const before = icmpCount('OutEchos');
      const addresses = await startSilentSubnet(MORE_THAN_ROOM);
      const silent = addresses.map((address) => ask(address, 500)); // for each the kernel looks for its neighbour for three seconds
      const last = ask('127.0.0.1', 30_000);
      expect(icmpCount('OutEchos') - before).toBeLessThan(MORE_THAN_ROOM);
      const types = (await Promise.all(silent)).map(({ type }) => type);
      expect(new Set(types)).toEqual(new Set(['silent', 'unsent'])); // nobody is blamed for what never left
      const outcome = await last;
      expect(outcome.type === 'answered' && outcome.rttMs).toBeLessThan(500); // counted from when it was sent
    });

    test('an address no way leads to is silent', async () => {
      await using made = pinger();
      const outcome = await made.ping({ address: '192.0.2.1', port: undefined }, 5_000, never());
      expect(outcome).toEqual({ type: 'silent', detail: 'network is unreachable' });
    });
  });
});
