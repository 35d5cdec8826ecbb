import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { CatalogDefinition } from '../../../machines/model.ts';
import { probeOnce } from '../../support/probing.ts';
import { refusedPort, startHttpTarget } from '../../support/targets.ts';

/** What a server saw of a probe with this definition. */
const received = async (definition: CatalogDefinition, path = '/'): Promise<IncomingMessage & { body: string }> => {
  let seen: (IncomingMessage & { body: string }) | undefined;
  await using target = await startHttpTarget((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen = Object.assign(request, { body });
      response.end();
    });
  });
  await probeOnce({ HTTP: `http://127.0.0.1:${target.port}${path}`, ...definition });
  if (seen === undefined) throw new Error('nothing came');
  return seen;
};

describe('the status line decides', () => {
  test.each([
    [200, 'passing', '200 OK'],
    [201, 'passing', '201 Created'],
    [204, 'passing', '204 No Content'],
    [299, 'passing', '299 unknown'],
    [300, 'critical', '300 Multiple Choices'],
    [304, 'critical', '304 Not Modified'],
    [400, 'critical', '400 Bad Request'],
    [404, 'critical', '404 Not Found'],
    [429, 'warning', '429 Too Many Requests'],
    [500, 'critical', '500 Internal Server Error'],
    [503, 'critical', '503 Service Unavailable'],
  ])('%d is %s', async (code, status, line) => {
    await using target = await startHttpTarget((_request, response) => response.writeHead(code).end('body'));
    const url = `http://127.0.0.1:${target.port}/health`;
    const body = code === 204 || code === 304 ? '' : 'body';
    expect(await probeOnce({ HTTP: url })).toEqual({
      type: 'measured',
      status,
      output: `HTTP GET ${url}: ${line} Output: ${body}`,
    });
  });
});

describe('what is sent', () => {
  test('the headers of a Consul agent, on a connection that is not kept', async () => {
    const { method, headers, httpVersion } = await received({});
    expect({ method, httpVersion }).toEqual({ method: 'GET', httpVersion: '1.1' });
    expect(headers).toEqual({
      host: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string, // safe: a matcher stands for the text it matches
      'user-agent': 'Consul Health Check',
      accept: 'text/plain, text/*, */*',
      connection: 'close',
    });
  });

  test('method, body and every value of every header', async () => {
    const header = { 'X-A': ['1', '2'], 'user-agent': ['mine'], Accept: ['text/html'], Host: ['other.example'] };
    const { method, headers, rawHeaders, body } = await received({ Method: 'PUT', Body: 'grüße', Header: header });
    expect({ method, body }).toEqual({ method: 'PUT', body: 'grüße' });
    expect(headers).toMatchObject({ 'user-agent': 'mine', accept: 'text/html', host: 'other.example', 'x-a': '1, 2' });
    expect(headers['content-length']).toBe('7');
    expect(rawHeaders.filter((name) => name.toLowerCase() === 'host')).toHaveLength(1);
  });

  test('no length, encoding or connection of the definition: they would break the request', async () => {
    const header = {
      'Content-Length': ['99'],
      'Transfer-Encoding': ['chunked'],
      Connection: ['keep-alive'],
      Trailer: ['x'],
    };
    const { headers } = await received({ Header: header, Method: 'POST', Body: 'abc' });
    expect(headers).toMatchObject({ 'content-length': '3', connection: 'close' });
    expect(headers).not.toHaveProperty('transfer-encoding');
  });

  test.each([
    ['/a/../b?x=1&y=%20', '/a/../b?x=1&y=%20'],
    ['?q', '/?q'],
    ['', '/'],
    ['/ü b#part', '/%C3%BC%20b'],
    ['/a%2Fb', '/a%2Fb'],
  ])('path %j as %j', async (path, target) => {
    expect((await received({}, path)).url).toBe(target);
  });

  test('credentials of the URL as Basic, their password in no output', async () => {
    await using target = await startHttpTarget((request, response) => response.end(request.headers.authorization));
    const outcome = await probeOnce({ HTTP: `http://us%40er:pass@127.0.0.1:${target.port}/` });
    const basic = Buffer.from('us@er:pass').toString('base64');
    const url = `http://us%40er:***@127.0.0.1:${target.port}/`;
    expect(outcome).toMatchObject({ output: `HTTP GET ${url}: 200 OK Output: Basic ${basic}` });
  });

  test('a fresh connection each time', async () => {
    await using target = await startHttpTarget((_request, response) => response.end());
    await probeOnce({ HTTP: `http://127.0.0.1:${target.port}/` });
    await probeOnce({ HTTP: `http://127.0.0.1:${target.port}/` });
    expect(target.connections).toBe(2);
  });
});

describe('redirects', () => {
  test.each([
    [301, 'POST', 'GET '],
    [302, 'POST', 'GET '],
    [303, 'PUT', 'GET '],
    [303, 'HEAD', ''],
    [307, 'POST', 'POST body'],
    [308, 'PUT', 'PUT body'],
  ])('%d of %s', async (code, method, seen) => {
    await using target = await startHttpTarget((request, response) => {
      if (request.url === '/from') response.writeHead(code, { location: '/to' }).end('not this');
      else {
        response.write(`${request.method ?? ''} `);
        request.pipe(response);
      }
    });
    const url = `http://127.0.0.1:${target.port}/from`;
    const outcome = await probeOnce({ HTTP: url, Method: method, Body: 'body' });
    expect(outcome).toMatchObject({ status: 'passing', output: `HTTP ${method} ${url}: 200 OK Output: ${seen}` });
  });

  test('are not followed when disabled', async () => {
    await using target = await startHttpTarget((_request, response) =>
      response.writeHead(302, { location: '/x' }).end('b'),
    );
    const url = `http://127.0.0.1:${target.port}/`;
    const outcome = await probeOnce({ HTTP: url, DisableRedirects: true });
    expect(outcome).toMatchObject({ status: 'critical', output: `HTTP GET ${url}: 302 Found Output: b` });
    expect(target.connections).toBe(1);
  });

  test('ten are followed, an eleventh is not', async () => {
    await using target = await startHttpTarget((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left === 0) response.end('there');
      else response.writeHead(302, { location: `/${left - 1}` }).end();
    });
    const origin = `http://127.0.0.1:${target.port}`;
    expect(await probeOnce({ HTTP: `${origin}/10` })).toMatchObject({ status: 'passing' });
    const outcome = await probeOnce({ HTTP: `${origin}/11` });
    expect(outcome).toMatchObject({ status: 'critical', output: `Get "${origin}/0": stopped after 10 redirects` });
  });

  test('to another scheme than HTTP lead nowhere', async () => {
    await using target = await startHttpTarget((_request, response) =>
      response.writeHead(302, { location: 'ftp://h/' }).end(),
    );
    const outcome = await probeOnce({ HTTP: `http://127.0.0.1:${target.port}/` });
    expect(outcome).toMatchObject({ status: 'critical', output: 'Get "ftp://h/": unsupported protocol scheme "ftp"' });
  });

  test('without a place to go are answers', async () => {
    await using target = await startHttpTarget((_request, response) => response.writeHead(302).end());
    expect(await probeOnce({ HTTP: `http://127.0.0.1:${target.port}/` })).toMatchObject({
      status: 'critical',
      output: expect.stringContaining('302 Found') as string, // safe: a matcher stands for the text it matches
    });
  });

  test('take secrets along within a host, and not to another', async () => {
    await using other = await startHttpTarget((request, response) => response.end(JSON.stringify(request.headers)));
    await using target = await startHttpTarget((request, response) => {
      if (request.url === '/far') response.writeHead(302, { location: `http://localhost:${other.port}/` }).end();
      else if (request.url === '/near') response.writeHead(302, { location: '/here' }).end();
      else response.end(JSON.stringify(request.headers));
    });
    const Header = { Authorization: ['Bearer secret'], Cookie: ['a=b'], 'X-Trace': ['1'], Host: ['virtual.example'] };
    const origin = `http://127.0.0.1:${target.port}`;
    const near = await probeOnce({ HTTP: `${origin}/near`, Header });
    expect(near).toMatchObject({ output: expect.stringMatching(/Bearer secret.*a=b|virtual\.example/) as string }); // safe: a matcher
    const far = await probeOnce({ HTTP: `${origin}/far`, Header });
    const output = far.type === 'measured' ? far.output : '';
    expect(output).toContain('"x-trace":"1"');
    expect(output).toContain(`"host":"localhost:${other.port}"`);
    expect(output).not.toMatch(/secret|cookie/);
  });
});

describe('errors, in the words of Go; hostile.ts has the others', () => {
  test('connection refused', async () => {
    const port = await refusedPort();
    const outcome = await probeOnce({ HTTP: `http://127.0.0.1:${port}/p`, Method: 'POST' });
    const output = `Post "http://127.0.0.1:${port}/p": dial tcp 127.0.0.1:${port}: connect: connection refused`;
    expect(outcome).toEqual({ type: 'measured', status: 'critical', output });
  });
});

test('a name with several addresses: those that refuse do not matter', async () => {
  // `localhost` of the hosts file may have one address or two; the target listens on one of them.
  await using target = await startHttpTarget((_request, response) => response.end('here'));
  expect(await probeOnce({ HTTP: `http://localhost:${target.port}/` })).toMatchObject({ status: 'passing' });
});
