/** Every way to Consul, for both planes: plain, TLS, mutual TLS, a unix socket, a proxy; and answers that no Consul gives. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { AnswerHead } from '../../../src/consul/answer.ts';
import type { ConsulClient, ConsulOptions } from '../../../src/consul/client.ts';
import { createCatalog } from '../../../src/consul/catalog.ts';
import { hasLeader } from '../../../src/consul/gate.ts';
import { createKeys } from '../../../src/consul/keys.ts';
import { createRecords } from '../../../src/consul/records.ts';
import type { BodyReader } from '../../../src/consul/transport.ts';
import { startConsul, type TestConsul } from '../../support/consul.ts';
import { connect, follow, forever, NO_TLS } from '../../support/consul-client.ts';
import { startForwardProxy } from '../../support/forward-proxy.ts';
import { startHttpTarget, startRawTarget, startSilentTarget, tlsFile, tlsPath } from '../../support/targets.ts';

/** What each plane makes of a way: undefined when it works, else the code of the error. */
async function tryBoth(consul: TestConsul, options: Partial<ConsulOptions>): Promise<readonly unknown[]> {
  const client = await connect(consul, options);
  const outcomes = await Promise.allSettled([ask(client), hasLeader(client, forever)]);
  await client.close();
  return outcomes.map((outcome) => (outcome.status === 'fulfilled' ? undefined : (outcome.reason as unknown)));
}

const ask = (client: ConsulClient, maxBytes = 100_000) =>
  client.ask({ method: 'GET', path: '/v1/catalog/nodes', maxBytes, timeoutMs: 300 }, forever);

const WORKS = [undefined, undefined];
const LOST = [{ code: 'ESM_CONSUL_UNAVAILABLE' }, { code: 'ESM_CONSUL_UNAVAILABLE' }];

describe('TLS', () => {
  const files = { certFile: tlsPath('server.pem'), keyFile: tlsPath('server.key'), caFile: tlsPath('ca.pem') };
  const trusting = { ...NO_TLS, caFile: tlsPath('ca.pem') };

  it('verifies against the configured authority, and against no other unless told not to', async () => {
    await using consul = await startConsul({ tls: files });
    expect(await tryBoth(consul, { tls: trusting })).toEqual(WORKS);
    expect(await tryBoth(consul, { tls: { ...NO_TLS, verify: false } })).toEqual(WORKS);
    expect(await tryBoth(consul, { tls: NO_TLS })).toMatchObject(LOST);
    expect(await tryBoth(consul, { tls: { ...trusting, serverName: 'elsewhere.example' } })).toMatchObject(LOST);
  });

  it('presents a certificate where one is demanded', async () => {
    const client = { cert: tlsFile('client.pem'), key: tlsFile('client.key') };
    await using consul = await startConsul({ tls: { ...files, verifyIncoming: true, client } });
    const certified = { ...trusting, certFile: tlsPath('client.pem'), keyFile: tlsPath('client.key') };
    expect(await tryBoth(consul, { tls: certified })).toEqual(WORKS);
    expect(await tryBoth(consul, { tls: trusting })).toMatchObject(LOST);
  });

  it('reads its files anew, and keeps what it has when they are no good', async () => {
    await using consul = await startConsul({ tls: files });
    const client = await connect(consul, { tls: NO_TLS });
    await expect(ask(client)).rejects.toMatchObject({ code: 'ESM_CONSUL_UNAVAILABLE' });
    await client.reloadTls(trusting);
    expect(await ask(client)).toMatchObject({ status: 200 });
    await expect(client.reloadTls({ ...trusting, certFile: '/nowhere.pem' })).rejects.toMatchObject({
      code: 'ESM_CONFIG_INVALID',
    });
    expect(await ask(client)).toMatchObject({ status: 200 });
    await client.close();
  });

  it('goes through a tunnel of the proxy', async () => {
    await using consul = await startConsul({ tls: files });
    await using proxy = await startForwardProxy(consul.port);
    const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    const tls = { ...trusting, serverName: 'localhost' };
    expect(await tryBoth(consul, { httpAddr: 'https://consul.test:8501', tls, env })).toEqual(WORKS);
    expect(proxy.asked.map(({ line }) => line)).toEqual(['CONNECT consul.test:8501', 'CONNECT consul.test:8501']);
    expect(await tryBoth(consul, { httpAddr: 'https://consul.test:8501', tls: trusting, env })).toMatchObject(LOST);
  });
});

describe('plain HTTP', () => {
  it('goes through the proxy, with its credentials, and never for the loopback', async () => {
    await using consul = await startConsul();
    await using proxy = await startForwardProxy(consul.port);
    const env = { HTTP_PROXY: `http://me:pass@127.0.0.1:${proxy.port}`, NO_PROXY: 'other.test' };
    expect(await tryBoth(consul, { httpAddr: 'http://consul.test:8500', env })).toEqual(WORKS);
    expect(proxy.asked.map(({ line }) => line).sort()).toEqual([
      'GET http://consul.test:8500/v1/catalog/nodes',
      'GET http://consul.test:8500/v1/status/leader',
    ]);
    expect(new Set(proxy.asked.map(({ credentials }) => credentials))).toEqual(new Set([`Basic ${btoa('me:pass')}`]));
    expect(await tryBoth(consul, { env })).toEqual(WORKS);
    expect(proxy.asked).toHaveLength(2);
  });

  it.each(['socks5://127.0.0.1:1', 'http://['])('refuses a proxy at %s', async (HTTP_PROXY) => {
    await using consul = await startConsul();
    const refused = connect(consul, { httpAddr: 'http://consul.test:8500', env: { HTTP_PROXY } });
    await expect(refused).rejects.toMatchObject({ code: 'ESM_CONFIG_INVALID' });
  });

  it('goes over a unix socket, below a path, and with basic authentication', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'consul-socket-'));
    const asked: unknown[] = [];
    const server = createServer((from, to) => {
      asked.push([from.url, from.headers.authorization, from.headers['x-consul-token']]);
      to.setHeader('content-type', 'application/json').end('"127.0.0.1:8300"');
    });
    server.listen(join(folder, 'consul.sock'));
    await once(server, 'listening');
    await using consul = await startConsul();
    const credentials = { httpAuth: 'me:pass', token: 'secret' };
    expect(await tryBoth(consul, { ...credentials, httpAddr: `unix://${folder}/consul.sock` })).toEqual(WORKS);
    const headers = [`Basic ${btoa('me:pass')}`, 'secret'];
    expect(asked).toContainEqual(['/v1/catalog/nodes', ...headers]);
    expect(asked).toContainEqual(['/v1/status/leader', ...headers]);
    server.close();
    await rm(folder, { recursive: true });
  });
});

describe('an answer', () => {
  const http = (port: number) => ({ httpAddr: `127.0.0.1:${port}`, token: 'my-secret-token' });
  const never = { url: '', token: '' } as TestConsul; // safe: the address is given with the options

  it.each([
    ['garbage', 'garbage instead of HTTP\r\n\r\n'],
    ['a truncated body', 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n['],
    ['nothing at all', ''],
  ])('%s is no answer', async (_, bytes) => {
    await using server = await startRawTarget(bytes);
    const errors = await tryBoth(never, http(server.port));
    expect(errors).toMatchObject(LOST);
    expect(inspect(errors, { depth: 12 })).not.toContain('my-secret-token');
  });

  it('silence ends with the time-out, and the signal ends it at once', async () => {
    await using server = await startSilentTarget();
    const client = await connect(never, http(server.port));
    await expect(ask(client)).rejects.toMatchObject({ code: 'ESM_CONSUL_UNAVAILABLE' });
    for (const call of [
      (signal: AbortSignal) => client.ask({ method: 'GET', path: '/' }, signal),
      (signal: AbortSignal) => hasLeader(client, signal),
    ]) {
      const stop = new AbortController();
      const waiting = call(stop.signal);
      stop.abort('enough');
      await expect(waiting).rejects.toBe('enough');
    }
    await client.close();
  });

  it('more than is asked for is not read', async () => {
    let sent = 0;
    await using server = await startHttpTarget((_, to) => {
      const more = (): void => {
        while (to.writable && sent < 1e9) if (!to.write(Buffer.alloc(64 * 1024), () => (sent += 64 * 1024))) break;
      };
      to.setHeader('content-type', 'application/json');
      to.on('drain', more);
      more();
    });
    expect(await tryBoth(never, http(server.port))).toMatchObject(LOST);
    expect(sent).toBeLessThan(100e6);
  });

  it('is read while it comes', async () => {
    let isBegun = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      isBegun = resolve;
    });
    await using server = await startHttpTarget((_, to) => {
      to.write('first, ');
      void begun.then(() => to.end('then the rest'));
    });
    const client = await connect(never, http(server.port));
    const pieces: string[] = [];
    const push = (bytes: Buffer): void => {
      pieces.push(bytes.toString());
      isBegun();
    };
    const answer = await client.ask({ method: 'GET', path: '/', reader: () => ({ push }) }, forever);
    expect([pieces, answer.body.length]).toEqual([['first, ', 'then the rest'], 0]);
    await client.close();
  });

  it('is given to whoever wants to read it if it is an answer, and gathered if it is none or nobody wants to', async () => {
    const answers = [
      [200, Buffer.from(Uint8Array.from({ length: 300_000 }, (_, place) => (place * place) % 251))],
      [200, Buffer.alloc(0)],
      [500, Buffer.from('no')],
      [404, Buffer.from('none')],
      [200, Buffer.from('short')],
    ] as const;
    let asked = 0;
    await using server = await startHttpTarget((_, to) => {
      const [status, body] = answers[asked % answers.length] ?? [500, ''];
      to.writeHead(status, { 'x-consul-index': `${++asked}` }).end(body);
    });
    const client = await connect(never, http(server.port));
    const ask = async (isReadFor: (index: number) => boolean): Promise<readonly string[]> => {
      const told: string[] = [];
      for (const [status, body] of answers) {
        const pieces: Buffer[] = [];
        const push = (bytes: Buffer): void => {
          pieces.push(Buffer.from(bytes));
        };
        const reader = ({ index = 0 }: AnswerHead): BodyReader | undefined => (isReadFor(index) ? { push } : undefined);
        const answer = await client.ask({ method: 'GET', path: '/', reader }, forever);
        expect(answer.status).toBe(status);
        expect(Buffer.concat([...pieces, answer.body]).equals(body)).toBe(true);
        told.push(`${Buffer.concat(pieces).length} read, ${answer.body.length} gathered`);
      }
      return told;
    };
    const rest = ['0 read, 0 gathered', '0 read, 2 gathered', '0 read, 4 gathered', '5 read, 0 gathered'];
    expect(await ask(() => true)).toEqual(['300000 read, 0 gathered', ...rest]);
    expect(await ask((index) => index !== 6)).toEqual(['0 read, 300000 gathered', ...rest]);
    await client.close();
  });

  it('of which more than is asked for comes is given up, whoever reads it', async () => {
    await using server = await startHttpTarget((_, to) => to.end(Buffer.alloc(200_000)));
    const client = await connect(never, http(server.port));
    let length = 0;
    const push = (bytes: Buffer): void => {
      length += bytes.length;
    };
    const asking = client.ask({ method: 'GET', path: '/', maxBytes: 100_000, reader: () => ({ push }) }, forever);
    await expect(asking).rejects.toMatchObject({ code: 'ESM_CONSUL_UNAVAILABLE' });
    expect(length).toBeLessThanOrEqual(100_000);
    await client.close();
  });

  it('errors bear no token', async () => {
    await using server = await startHttpTarget((_, to) => to.writeHead(500).end('boom'));
    const errors = await tryBoth(never, http(server.port));
    expect(errors[1]).toMatchObject({ code: 'ESM_CONSUL_UNAVAILABLE' });
    expect(inspect(errors, { depth: 12 })).not.toContain('my-secret-token');
  });

  it('a watch goes on through all of it and tells each try', async () => {
    const bodies = ['not json', '{"a":1}', 'null', '[null,7,{"Node":"ok"}]'];
    let place = 0;
    await using server = await startHttpTarget((from, to) => {
      if (from.url?.includes('/v1/agent/self') === true) to.writeHead(403).end();
      else if (place < bodies.length) to.setHeader('X-Consul-Index', String(place + 1)).end(bodies[place++]);
    });
    // Past the last body nothing is said: a blocking query that is held.
    const client = await connect(never, { ...http(server.port), random: () => 0.999 });
    const catalog = createCatalog({
      client,
      records: createRecords(),
      keys: createKeys({ kvPath: 'consul-esm/', leaderKey: 'consul-esm/lock' }),
      serviceId: 's',
      nodeMeta: () => ({}),
      isStaleAllowed: false,
    });
    using nodes = follow<readonly { name: string }[]>((observer) => catalog.watchNodes(observer));
    expect(await nodes.until('the one good entry', (list) => list.length === 1)).toMatchObject([{ name: 'ok' }]);
    expect(nodes.troubles.map(({ code }) => code)).toEqual([
      'ESM_CONSUL_UNAVAILABLE',
      'ESM_CONSUL_UNAVAILABLE',
      'ESM_CONSUL_FORBIDDEN',
    ]);
    nodes.watch.stop();
    await client.close();
  });
});
