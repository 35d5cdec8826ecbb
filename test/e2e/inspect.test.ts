/** `consul-esm inspect`: what reaches the inspector's page, in a browser, by a stand-in that speaks its protocol. */
import { expect, test } from 'vitest';
import { register } from '../support/catalog.ts';
import { startChromium } from '../support/chromium.ts';
import { startConsul } from '../support/consul.ts';
import { startDaemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { find, statechartsUrl } from '../support/statecharts.ts';
import { refusedPort, startHttpTarget } from '../support/targets.ts';
import { broken, startWeb } from '../support/web.ts';

const SECRET = 'sesame-7c1f';

/** Says that it is there as the inspector does, and hands what it is posted to the server that it came from, one by one. */
const STAND_IN = `<!doctype html><title>stand-in</title><script>
  let last = Promise.resolve();
  addEventListener('message', ({ data }) => {
    last = last.then(() => fetch('/told', { method: 'POST', body: JSON.stringify(data) }));
  });
  opener.postMessage({ type: '@statelyai.connected' }, '*');
</script>`;

interface Told {
  readonly type: string;
  readonly sessionId: string;
  readonly _version: string;
  readonly definition?: string;
  readonly snapshot?: { readonly value?: unknown };
  readonly event?: { readonly type: string };
}

test('a running daemon is told to the inspector: its actors, each with its chart, then event by event', async () => {
  await using consul = await startConsul();
  await using web = await startWeb();
  await register(consul, {
    node: 'foo',
    meta: { 'external-node': 'true' },
    checks: [
      {
        CheckID: 'shop',
        Name: 'shop',
        Definition: { HTTP: web.url(`/shop?${SECRET}`), Interval: '1s', Timeout: '1s' },
      },
    ],
  });
  await using daemon = await startDaemon({ config: `http_addr = "${consul.url}"\nclient_address = "127.0.0.1:0"\n` });
  const url = await statechartsUrl(daemon);
  await eventually('a check', async () => (await find(url, 'shop')).total === 1);

  const told: Told[] = [];
  await using inspector = await startHttpTarget((request, response) => {
    if (request.method !== 'POST') return void response.writeHead(200, { 'Content-Type': 'text/html' }).end(STAND_IN);
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      told.push(JSON.parse(body) as Told); // safe: what the stand-in sends
      response.end();
    });
  });
  const flags = [`-url=${new URL(url).origin}`, '-find=shop', `-inspector=http://127.0.0.1:${inspector.port}/inspect`];
  await using relay = await startDaemon({ args: ['inspect', ...flags] });
  const page = / (http:\S+) /.exec(await relay.until('Open http'))?.[1] ?? '';
  expect(new URL(page).hostname).toBe('127.0.0.1');

  await using chromium = await startChromium();
  const opener = await chromium.open(page);
  await opener.until(`document.querySelector('#address')?.textContent`);
  await opener.evaluate(`document.querySelector('#open').click()`);
  const actors = () => told.filter(({ type }) => type === '@xstate.actor');
  await eventually('all actors', () => actors().length === 8);
  expect(actors().map(({ definition }) => (JSON.parse(definition ?? '') as { id: string }).id)).toEqual([
    ...['daemon', 'registration', 'leadership', 'session', 'assignment', 'watchlist', 'writer', 'check'],
  ]);
  web.answer(`/shop?${SECRET}`, () => broken(SECRET));
  const isCritical = ({ type, snapshot }: Told): boolean =>
    type === '@xstate.snapshot' && JSON.stringify(snapshot?.value).includes('critical');
  const last = await eventually('critical', () => told.find(isCritical));
  expect([last.event?.type, last.sessionId.split('\0').at(-1)]).toEqual(['status.committed', 'shop']);
  expect(told.every(({ _version }) => /^\d/.test(_version))).toBe(true);
  expect(JSON.stringify(told)).not.toContain(SECRET);
  expect(opener.complaints).toEqual([]);

  relay.signal('SIGINT');
  expect(await relay.ended).toBe(0);
});

test('its flags are explained, and a daemon that is not there is named', async () => {
  const port = await refusedPort();
  const ended = async (...args: string[]): Promise<readonly unknown[]> => {
    await using program = await startDaemon({ args: ['inspect', ...args] });
    return [await program.ended, program.stdout + program.stderr];
  };
  const hint = 'consul-esm inspect -help lists the flags.\n';
  expect(await ended('-help')).toEqual([
    0,
    expect.stringMatching(/^Usage: consul-esm inspect -url=<url> \[options\]\n/),
  ]);
  expect(await ended()).toEqual([11, `consul-esm: -url is missing: where does the daemon listen?\n${hint}`]);
  expect(await ended('-url=localhost:1')).toEqual([
    11,
    `consul-esm: invalid value "localhost:1" for flag -url; allowed: http://host:port or https://host:port\n${hint}`,
  ]);
  expect(await ended(`-url=http://127.0.0.1:${port}`)).toEqual([
    1,
    `consul-esm: no statecharts at http://127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}\n`,
  ]);
});
