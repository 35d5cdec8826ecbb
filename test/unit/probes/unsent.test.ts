import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import koffi from 'koffi';
import { describe, expect, test } from 'vitest';
import { asUnsent, errnoWords } from '../../../src/probes/errno.ts';
import { netConnections } from '../../../src/probes/net-connection.ts';
import { RunSignal } from '../../../src/run-signal.ts';
import { inNamespace } from '../../support/namespace.ts';
import { probeOnce, runnable, testProber } from '../../support/probing.ts';
import { refusedPort, startHttpTarget, startTcpTarget } from '../../support/targets.ts';

const RLIMIT_NOFILE = 7;

/** Lets this process open no more files than it has, while the scope lasts. */
const exhaustFiles = (): Disposable => {
  const libc = koffi.load(null);
  const getrlimit = libc.func('int getrlimit(int, void *)') as (resource: number, limit: Buffer) => number; // safe: declared in that text
  const setrlimit = libc.func('int setrlimit(int, void *)') as (resource: number, limit: Buffer) => number; // safe: likewise
  const before = Buffer.alloc(16);
  getrlimit(RLIMIT_NOFILE, before);
  const none = Buffer.from(before);
  none.writeBigUInt64LE(3n, 0);
  setrlimit(RLIMIT_NOFILE, none);
  return {
    [Symbol.dispose]: () => {
      setrlimit(RLIMIT_NOFILE, before);
    },
  };
};

const failure = (code: string): Error => Object.assign(new Error(`connect ${code}`), { code });

test.each(['EACCES', 'EPERM', 'EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'ENOSPC', 'EADDRNOTAVAIL'])(
  "%s is the daemon's own trouble",
  (code) => {
    const error = asUnsent(failure(code), '10.0.0.1:80');
    expect(error?.code).toBe('ESM_PROBE_UNSENT');
    expect(error?.message).toMatch(new RegExp(`^cannot send a probe to 10\\.0\\.0\\.1:80: .*\\(${code}\\); \\w+`));
  },
);

test.each([
  ['ECONNREFUSED', 'connection refused'],
  ['ECONNRESET', 'connection reset by peer'],
  ['EHOSTUNREACH', 'no route to host'],
  ['ENETUNREACH', 'network is unreachable'],
  ['ETIMEDOUT', 'connection timed out'],
])("%s is the target's: %s", (code, words) => {
  expect(asUnsent(failure(code), 'x')).toBeUndefined();
  expect(errnoWords(failure(code))).toBe(words);
});

/** How plain connections are made, and ports to send from that no other test has used: a port rests for a minute. */
const WAYS = [
  ["by the kernel's calls", {}, { two: '60998 60999', one: 45_000 }],
  ['by node:net', { connections: netConnections }, { two: '60996 60997', one: 45_001 }],
] as const;
const KINDS = WAYS.flatMap(([way, options]) => [['HTTP', way, options] as const, ['TCP', way, options] as const]);

test.each(KINDS)('%s without a file left, %s', async (type, _way, options) => {
  await using target = await startHttpTarget((_request, response) => response.end());
  await using prober = testProber(options);
  const address = `127.0.0.1:${target.port}`;
  const definition = runnable(type === 'HTTP' ? { HTTP: `http://${address}/` } : { TCP: address });
  using _exhausted = exhaustFiles();
  const outcome = await prober.run(definition, 5_000, new RunSignal());
  expect(outcome).toMatchObject({ type: 'unsent', error: { code: 'ESM_PROBE_UNSENT' } });
  expect(outcome.type === 'unsent' && outcome.error.message).toContain('LimitNOFILE');
});

/** Which ports the kernel may send from: in the namespace only. */
const setPorts = (range: string): void => {
  writeFileSync('/proc/sys/net/ipv4/ip_local_port_range', range);
};

inNamespace(import.meta.url, () => {
  describe('with two ports to send from', () => {
    test.each(WAYS)(
      'a third connection cannot be made, %s, which says nothing of the target',
      async (_way, options, { two }) => {
        await using target = await startHttpTarget((_request, response) => response.end());
        setPorts(two);
        const held = [connect(target.port, '127.0.0.1'), connect(target.port, '127.0.0.1')];
        await Promise.all(held.map((socket) => once(socket, 'connect')));
        const outcome = await probeOnce({ TCP: `127.0.0.1:${target.port}` }, options);
        for (const socket of held) socket.destroy();
        expect(outcome).toMatchObject({ type: 'unsent' });
        expect(outcome.type === 'unsent' && outcome.error.message).toContain('ip_local_port_range');
      },
    );
  });

  test.each(WAYS)('a connection to itself is none, %s: nobody listens', async (_way, options, { one }) => {
    await using other = await startTcpTarget(() => undefined, '::1');
    await probeOnce({ TCP: `[::1]:${other.port}` }, options); // of the other family, with longer addresses
    setPorts(`${one} ${one}`);
    const outcome = await probeOnce({ TCP: `127.0.0.1:${one}` }, options);
    expect(outcome).toMatchObject({
      status: 'critical',
      output: `dial tcp 127.0.0.1:${one}: connect: connection refused`,
    });
  });

  describe('without IPv6 on the loopback', () => {
    test('a name with both families is judged by the one that can be asked', async () => {
      writeFileSync('/proc/sys/net/ipv6/conf/all/disable_ipv6', '1');
      setPorts('32768 60999');
      await using target = await startHttpTarget((_request, response) => response.end());
      expect(await probeOnce({ TCP: `[::1]:${target.port}` })).toMatchObject({ type: 'unsent' });
      expect(await probeOnce({ TCP: `localhost:${target.port}` })).toMatchObject({ status: 'passing' });
    });
  });
});

test('a port that refuses is no trouble of ours, whatever the other address does', async () => {
  const port = await refusedPort();
  expect(await probeOnce({ TCP: `localhost:${port}` })).toMatchObject({ type: 'measured', status: 'critical' });
});
