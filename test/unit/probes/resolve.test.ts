import { createSocket } from 'node:dgram';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lookup } from 'node:dns/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { Deadline } from '../../../src/probes/deadline.ts';
import { createResolver, type Resolved, type Resolver } from '../../../src/probes/resolve.ts';
import { createHostsFile, parseHosts } from '../../../src/probes/hosts-file.ts';
import { RunSignal } from '../../../src/run-signal.ts';
import { eventually } from '../../support/eventually.ts';
import { inNamespace } from '../../support/namespace.ts';
import { probeOnce } from '../../support/probing.ts';
import { startHttpTarget } from '../../support/targets.ts';

/** A name server that answers A questions of names beginning with `good`, and is silent about all others. */
const startNameServer = (): { asked: string[]; isSilent: boolean; close: () => void } => {
  const socket = createSocket('udp4');
  const server = { asked: [] as string[], isSilent: false, close: () => socket.close() };
  socket.on('message', (question, from) => {
    const length = question[12] ?? 0;
    const label = question.toString('latin1', 13, 13 + length);
    server.asked.push(label);
    if (server.isSilent || !label.startsWith('good')) return;
    const end = question.indexOf(0, 12) + 5;
    const isA = question.readUInt16BE(end - 4) === 1;
    const answer = Buffer.concat([
      question.subarray(0, end),
      Buffer.from(isA ? 'c00c000100010000000000047f000001' : '', 'hex'),
    ]);
    answer.writeUInt16BE(0x8180, 2);
    answer.writeUInt16BE(isA ? 1 : 0, 6);
    answer.writeUInt16BE(0, 10);
    socket.send(answer, from.port, from.address);
  });
  socket.bind(53, '127.0.0.1');
  return server;
};

const resolve = async (resolver: Resolver, name: string, timeoutMs = 8_000): Promise<Resolved | string> => {
  using deadline = new Deadline(systemClock, timeoutMs, new RunSignal());
  return await resolver.resolve(name, deadline);
};

const CONF = join(tmpdir(), `consul-esm-resolv-${process.pid}.conf`);
const prepare = `printf 'nameserver 127.0.0.1\\n' > ${CONF} && mount --bind ${CONF} /etc/resolv.conf && rm ${CONF}`;

inNamespace(
  import.meta.url,
  () => {
    let server: ReturnType<typeof startNameServer>;
    beforeAll(() => {
      server = startNameServer();
    });
    afterAll(() => {
      server.close();
    });

    test('a name the resolver knows', async () => {
      using resolver = createResolver(systemClock);
      expect(await resolve(resolver, 'good1.example')).toEqual({ addresses: ['127.0.0.1'] });
    });

    test('look-ups of one name in flight are one', async () => {
      using resolver = createResolver(systemClock);
      await Promise.all(Array.from({ length: 50 }, () => resolve(resolver, 'good2.example')));
      // One question a family, and no more.
      expect(server.asked.filter((label) => label === 'good2').length).toBeLessThanOrEqual(2);
    });

    test('a hundred names that nobody answers for delay nobody', async () => {
      using resolver = createResolver(systemClock);
      const hanging = Array.from({ length: 100 }, (_, i) => resolve(resolver, `dead${i}.example`, 1_500));
      await eventually('the questions', () => server.asked.filter((label) => label.startsWith('dead')).length >= 100);
      expect(await resolve(resolver, 'good3.example')).toEqual({ addresses: ['127.0.0.1'] });
      // The main thread pool is free: a look-up there is answered while all those hang.
      expect(await lookup('good4.example', { family: 4 })).toMatchObject({ address: '127.0.0.1' });
      await using target = await startHttpTarget((_request, response) => response.end());
      expect(await probeOnce({ HTTP: `http://localhost:${target.port}/` })).toMatchObject({ status: 'passing' });
      for (const outcome of await Promise.all(hanging)) expect(outcome).toBe('expired');
    });

    test('more hanging names than there are lanes: the process is replaced, and the rest goes on', async () => {
      using resolver = createResolver(systemClock);
      for (let i = 0; i < 200; i += 1) void resolve(resolver, `gone${i}.example`);
      await eventually('the questions', () => server.asked.filter((label) => label.startsWith('gone')).length >= 100);
      expect(await resolve(resolver, 'good5.example')).toEqual({ addresses: ['127.0.0.1'] });
    }, 40_000);

    test('the output of a probe says that the name was not found in time', async () => {
      const output =
        'Get "http://dead.example/": dial tcp: lookup dead.example: context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
      expect(await probeOnce({ HTTP: 'http://dead.example/' }, { timeoutMs: 500 })).toMatchObject({
        status: 'critical',
        output,
      });
      expect(await probeOnce({ TCP: 'dead.example:1' }, { timeoutMs: 500 })).toMatchObject({
        output: 'dial tcp: lookup dead.example: i/o timeout',
      });
    });
  },
  { prepare },
);

describe('the hosts file', () => {
  test('is read as the system reads it', () => {
    const text =
      '127.0.0.1 localhost Vm # a comment\n::1\tlocalhost ip6-localhost\n# 10.0.0.1 no\nnonsense line\n\n10.0.0.2 db';
    const hosts = parseHosts(text);
    expect(hosts.get('localhost')).toEqual(['127.0.0.1', '::1']);
    expect(hosts.get('vm')).toEqual(['127.0.0.1']);
    expect(hosts.get('db')).toEqual(['10.0.0.2']);
    expect([...hosts.keys()]).toEqual(['localhost', 'vm', 'ip6-localhost', 'db']);
  });

  test('is followed: a change is seen after a second, its disappearance too', () => {
    const path = join(tmpdir(), `consul-esm-hosts-${process.pid}`);
    let nowMs = 0;
    writeFileSync(path, '10.0.0.1 db');
    const hosts = createHostsFile(() => nowMs, path);
    expect(hosts.addressesOf('DB.')).toEqual(['10.0.0.1']);
    writeFileSync(path, '10.0.0.2 db other');
    expect(hosts.addressesOf('db')).toEqual(['10.0.0.1']);
    nowMs += 1_000;
    expect(hosts.addressesOf('db')).toEqual(['10.0.0.2']);
    rmSync(path);
    nowMs += 1_000;
    expect(hosts.addressesOf('db')).toBeUndefined();
  });
});

test('numbers and names of the hosts file need nobody', () => {
  using resolver = createResolver(systemClock);
  using deadline = new Deadline(systemClock, 1_000, new RunSignal());
  expect(resolver.resolve('192.0.2.1', deadline)).toEqual({ addresses: ['192.0.2.1'] });
  expect(resolver.resolve('2001:db8::1', deadline)).toEqual({ addresses: ['2001:db8::1'] });
  expect(resolver.resolve('localhost', deadline)).toMatchObject({
    addresses: expect.arrayContaining(['127.0.0.1']) as string[],
  }); // safe: a matcher
});

test.each(['a'.repeat(256), 'a\0b'])('a name no resolver can know is not asked for', (name) => {
  using resolver = createResolver(systemClock);
  using deadline = new Deadline(systemClock, 1_000, new RunSignal());
  expect(resolver.resolve(name, deadline)).toMatchObject({ fault: expect.stringContaining('no such host') as string }); // safe: a matcher
});
