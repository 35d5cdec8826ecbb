/** The page of `client_address`: as somebody sees it in a browser, and what anybody may get from it. */
import { mkdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { register } from '../support/catalog.ts';
import { startChromium, type Chromium, type Page } from '../support/chromium.ts';
import { startConsul, type TestConsul } from '../support/consul.ts';
import { startDaemon, type TestDaemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { find, openStream, statechartsUrl } from '../support/statecharts.ts';
import { broken, ok, startWeb, type Web } from '../support/web.ts';

const EXTERNAL = { 'external-node': 'true' };
const SECRET = 'sesame-7c1f';

let consul: TestConsul;
let web: Web;
let daemon: TestDaemon;
let url: string;

beforeAll(async () => {
  [consul, web] = await Promise.all([startConsul(), startWeb()]);
  const check = (id: string, definition: object) => ({
    CheckID: id,
    Name: `Is ${id} well?`,
    Status: 'passing',
    ServiceID: 'web1',
    Definition: { Interval: '1s', Timeout: '1s', ...definition },
  });
  const secretive = {
    HTTP: web.url(`/secretive?key=${SECRET}`),
    Header: { Authorization: [`Bearer ${SECRET}`] },
    Body: SECRET,
    Method: 'POST',
  };
  web.answer(`/secretive?key=${SECRET}`, (nth) => (nth % 2 === 0 ? broken(SECRET) : ok(SECRET)));
  await register(consul, {
    node: 'foo',
    meta: { ...EXTERNAL, note: SECRET },
    service: { ID: 'web1', Service: 'web', Meta: { note: SECRET } },
    checks: [
      check('shop', { HTTP: web.url('/shop') }),
      { ...check('secretive', secretive), Notes: SECRET, Output: SECRET },
    ],
  });
  daemon = await startDaemon({
    config: `http_addr = "${consul.url}"\nclient_address = "127.0.0.1:0"\ntoken = "${SECRET}"\ncheck_update_interval = "0s"\n`,
  });
  url = await statechartsUrl(daemon);
  await eventually('three actors', async () => (await find(url, 'foo')).total === 3);
});

afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await web[Symbol.asyncDispose]();
  await consul.stop();
});

describe('in a browser', () => {
  let chromium: Chromium;
  let page: Page;

  beforeAll(async () => {
    chromium = await startChromium();
    page = await chromium.open(url);
    await page.view({ width: 1280, height: 800, scheme: 'light' });
  });
  afterAll(() => chromium[Symbol.asyncDispose]());

  /** Kept where CI finds it. */
  const shoot = async (name: string): Promise<void> => {
    await mkdir('coverage/screenshots', { recursive: true });
    await page.screenshot(`coverage/screenshots/${name}.png`);
  };

  /** Elements whose text is wider than they are, and what reaches beyond the window. */
  const CUT = `[...document.querySelectorAll('header *, nav *, .heading *, #events *')]
    .filter((one) => one.tagName !== 'INPUT' && (one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline'
      || one.getBoundingClientRect().right > innerWidth + 1))
    .map((one) => one.outerHTML.slice(0, 200))`;

  test('it shows who leads, from the start of the daemon on', async () => {
    await page.until(`document.querySelector('#connection')?.textContent === 'live'`);
    await page.until(`document.querySelector('[data-state="competing.leader"]')?.matches('.active')`);
    await page.until(`document.querySelector('#events').textContent.includes('started')`);
    await shoot('leadership-light');
  });

  test('a check is found by the keyboard alone, and critical lights up within a second of its failure', async () => {
    await page.press('/');
    await page.type('is SHOP well');
    await page.until(`document.querySelectorAll('#found a').length === 1`);
    await page.press('Enter');
    await page.until(`document.querySelector('#name').textContent === 'foo/shop'`);
    await page.until(`document.querySelector('[data-state="status.passing"]')?.matches('.active')`);
    web.answer('/shop', () => broken());
    const asked = web.hits('/shop');
    await eventually('a probe that fails', () => web.hits('/shop') > asked);
    await page.until(`document.querySelector('[data-state="status.critical"].active')`, 1_000);
    expect(await page.evaluate(`document.querySelector('[data-state="status.passing"]').matches('.active')`)).toBe(
      false,
    );
    expect(await page.evaluate(`document.querySelector('#states').textContent`)).toContain('critical');
    expect(await page.evaluate(`document.querySelector('#events').textContent`)).toContain('status.committed');
    await page.until(`document.querySelector('#found .dot').matches('.bad')`);
  });

  test.each([
    [1280, 800, 'light'],
    [1280, 800, 'dark'],
    [800, 1000, 'light'],
    [800, 1000, 'dark'],
  ] as const)('nothing is cut off at %i x %i, %s', async (width, height, scheme) => {
    await page.view({ width, height, scheme });
    await shoot(`check-${width}-${scheme}`);
    expect(await page.evaluate(CUT)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  });

  test('nothing is loaded from elsewhere, and its policy forbids nothing that it does', async () => {
    const loaded = await page.evaluate(
      `performance.getEntriesByType('resource').map(({ name }) => new URL(name).origin)`,
    );
    expect(new Set(loaded as string[])).toEqual(new Set([new URL(url).origin])); // safe: origins are texts
    expect(page.complaints).toEqual([]);
  });
});

test('nothing of what is secret leaves, by whichever way', async () => {
  const everyone = await find(url, '');
  const ids = ['daemon', 'writer', 'watchlist', ...everyone.found.map(({ id }) => id)];
  await using stream = await openStream(url, ids);
  const changes = ({ event, actor }: { event: string; actor: string }): boolean =>
    event === 'status.committed' && actor.endsWith('secretive');
  await stream.until('a change of the check', changes);
  expect(JSON.stringify(everyone) + stream.text).not.toContain(SECRET);
  expect(daemon.stdout + daemon.stderr).not.toContain(SECRET);
  expect((await find(url, SECRET)).total).toBe(0); // nor may it be guessed at
  for (const step of stream.steps) {
    expect(Object.keys(step).every((key) => ['actor', 'atMs', 'event', 'edges', 'value'].includes(key))).toBe(true);
  }
});

test('it is read-only, and only what it is', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    const answer = await fetch(url, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  }
  const head = await fetch(url, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
  expect(head.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; /);
  const { origin } = new URL(url);
  for (const path of [
    '/',
    '/metrics',
    '/statecharts/',
    '/statecharts/../../package.json',
    '/statecharts/words.ts',
    '//',
  ]) {
    expect((await fetch(origin + path)).status).toBe(404);
  }
});

test('only so many may watch at once, and a place is free when one has left', async () => {
  const streams = await Promise.all(Array.from({ length: 16 }, () => openStream(url, ['writer'])));
  await using refused = await openStream(url, ['writer']);
  expect([streams.map(({ status }) => status), refused.status]).toEqual([Array(16).fill(200), 503]);
  await Promise.all(streams.map((stream) => stream[Symbol.asyncDispose]()));
  await eventually('a free place', async () => {
    await using stream = await openStream(url, ['writer']);
    return stream.status === 200;
  });
});

test('an address that is taken is refused, and named', async () => {
  const { host } = new URL(url);
  await using second = await startDaemon({ config: `http_addr = "${consul.url}"\nclient_address = "${host}"\n` });
  expect(await second.ended).toBe(11);
  expect(second.stderr).toBe(
    `consul-esm: client_address = "${host}" cannot be had: listen EADDRINUSE: address already in use ${host}\n`,
  );
});

test('it listens on IPv6, and a stop ends whoever still watches', async () => {
  const config = `http_addr = "${consul.url}"\nclient_address = "[::1]:0"\ninstance_id = "six"\n`;
  await using six = await startDaemon({ config });
  const sixUrl = await statechartsUrl(six);
  expect(new URL(sixUrl).hostname).toBe('[::1]');
  await six.until('Waiting to obtain leadership');
  await using stream = await openStream(sixUrl, ['daemon']);
  expect(await six.stop()).toBe(0);
  await stream.ended;
  expect(stream.steps.length).toBeGreaterThan(0);
});
