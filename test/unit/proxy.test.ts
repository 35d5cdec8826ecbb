import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { proxyFor, type ProxyEnv } from '../../src/proxy.ts';
import { probeOnce } from '../support/probing.ts';
import { startHttpsTarget, startHttpTarget, startTcpTarget, tlsPath } from '../support/targets.ts';

const env = { HTTP_PROXY: 'http://proxy.example:3128', HTTPS_PROXY: 'http://secure-proxy.example:3128' };
const target = (host: string, port = 80, isTls = false): { host: string; port: number; isTls: boolean } => ({
  host,
  port,
  isTls,
});

describe('which proxy', () => {
  test.each<[string, ProxyEnv, boolean, string | undefined]>([
    ['none is set', {}, false, undefined],
    ['HTTP', env, false, 'http://proxy.example:3128/'],
    ['HTTPS', env, true, 'http://secure-proxy.example:3128/'],
    ['lower case', { http_proxy: 'http://small.example' }, false, 'http://small.example/'],
    [
      'upper case wins',
      { http_proxy: 'http://small.example', HTTP_PROXY: 'http://big.example' },
      false,
      'http://big.example/',
    ],
    ['no scheme', { HTTP_PROXY: 'proxy.example:8080' }, false, 'http://proxy.example:8080/'],
    ['an empty one', { HTTP_PROXY: '' }, false, undefined],
    ['in a CGI program', { ...env, REQUEST_METHOD: 'GET' }, false, undefined],
    ['nonsense', { HTTP_PROXY: 'http://[' }, false, 'invalid'],
  ])('%s', (_what, variables, isTls, proxy) => {
    expect(proxyFor(target('db.example', 80, isTls), variables)?.toString()).toBe(proxy);
  });

  test.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.9.9.9', '::1'])('never for %s', (host) => {
    expect(proxyFor(target(host), env)).toBeUndefined();
  });
});

// The cases of Go's own httpproxy tests, and some more.
describe('NO_PROXY', () => {
  test.each([
    ['*', 'db.example', 80, true],
    ['db.example', 'db.example', 80, true],
    ['db.example', 'a.db.example', 80, true],
    ['db.example', 'otherdb.example', 80, false],
    ['.db.example', 'db.example', 80, false],
    ['.db.example', 'a.db.example', 80, true],
    ['*.db.example', 'a.db.example', 80, true],
    ['*.db.example', 'db.example', 80, false],
    ['DB.example', 'db.EXAMPLE', 80, true],
    ['a, db.example ,b', 'db.example', 80, true],
    ['db.example:80', 'db.example', 80, true],
    ['db.example:81', 'db.example', 80, false],
    ['192.168.1.1', '192.168.1.1', 80, true],
    ['192.168.1.1', '192.168.1.11', 80, false],
    ['192.168.1.1:80', '192.168.1.1', 80, true],
    ['192.168.1.1:81', '192.168.1.1', 80, false],
    ['192.168.0.0/16', '192.168.7.7', 80, true],
    ['192.168.0.0/16', '192.169.7.7', 80, false],
    ['192.168.0.0/99', '192.168.7.7', 80, false],
    ['fe80::1', 'fe80::1', 80, true],
    ['[fe80::1]:80', 'fe80::1', 80, true],
    ['[fe80::1]:81', 'fe80::1', 80, false],
    ['fe80::/10', 'fe80::1', 80, true],
    ['fe80::/10', 'db.example', 80, false],
    ['', 'db.example', 80, false],
    [',,', 'db.example', 80, false],
    ['example', 'db.example', 80, true],
  ])('%j and %s:%d', (noProxy, host, port, isExcepted) => {
    const proxy = proxyFor(target(host, port), { ...env, NO_PROXY: noProxy });
    expect(proxy === undefined).toBe(isExcepted);
  });
});

describe('through a proxy', () => {
  test('HTTP: it is asked for the whole URL, with its own credentials', async () => {
    await using proxy = await startHttpTarget((request, response) => {
      response.end(
        `${request.url ?? ''} ${request.headers.host ?? ''} ${request.headers['proxy-authorization'] ?? ''}`,
      );
    });
    const outcome = await probeOnce(
      { HTTP: 'http://db.example:81/x?y' },
      { proxyEnv: { HTTP_PROXY: `http://user:p%40ss@127.0.0.1:${proxy.port}` } },
    );
    const basic = Buffer.from('user:p@ss').toString('base64');
    const seen = `http://db.example:81/x?y db.example:81 Basic ${basic}`;
    expect(outcome).toMatchObject({ output: `HTTP GET http://db.example:81/x?y: 200 OK Output: ${seen}` });
  });

  test('HTTPS: it opens a tunnel, and sees nothing else', async () => {
    await using server = await startHttpsTarget('wrong-host', (_request, response) => response.end('behind'));
    const asked: string[] = [];
    await using proxy = await startTcpTarget((socket) => {
      socket.once('data', (bytes) => {
        asked.push(bytes.toString().split('\r\n', 1)[0] ?? '');
        const onward = connect(server.port, '127.0.0.1', () =>
          socket.write('HTTP/1.1 200 Connection established\r\n\r\n'),
        );
        onward.on('error', () => socket.destroy());
        socket.on('close', () => onward.destroy());
        socket.pipe(onward).pipe(socket);
      });
    });
    const proxyEnv = { HTTPS_PROXY: `127.0.0.1:${proxy.port}` };
    const definition = { HTTP: 'https://elsewhere.example/' };
    const outcome = await probeOnce(definition, { proxyEnv, tls: { caFile: tlsPath('ca.pem') } });
    expect(outcome).toMatchObject({ output: 'HTTP GET https://elsewhere.example/: 200 OK Output: behind' });
    expect(asked).toEqual(['CONNECT elsewhere.example:443 HTTP/1.1']);
  });

  test('HTTPS: a proxy that refuses is the end of it', async () => {
    await using proxy = await startHttpTarget(() => undefined);
    await using refusing = await startTcpTarget((socket) =>
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'),
    );
    const proxyEnv = { HTTPS_PROXY: `127.0.0.1:${refusing.port}` };
    const outcome = await probeOnce({ HTTP: 'https://db.example/' }, { proxyEnv });
    expect(outcome).toMatchObject({
      status: 'critical',
      output: 'Get "https://db.example/": 407 Proxy Authentication Required',
    });
    expect(proxy.connections).toBe(0);
  });

  test("a proxy that cannot be understood is the daemon's own trouble, its password in no message", async () => {
    const outcome = await probeOnce(
      { HTTP: 'http://db.example/' },
      { proxyEnv: { HTTP_PROXY: 'socks5://u:secret@h:1' } },
    );
    expect(outcome).toMatchObject({ type: 'unsent', error: { code: 'ESM_PROBE_UNSENT' } });
    expect(outcome.type === 'unsent' && outcome.error.message).not.toContain('secret');
  });
});
