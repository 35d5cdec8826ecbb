/** Nonsense in the catalog and from targets: each turns its one check critical with a reason, and harms nothing else. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findConsul } from '../../src/dev/consul-binary.ts';
import { type CatalogCheck, checksOf, register, servicesOf } from '../support/catalog.ts';
import { startConsul } from '../support/consul.ts';
import { eventually } from '../support/eventually.ts';
import { startBigTarget, startEndlessTarget } from '../support/endless-targets.ts';
import { createFleet } from '../support/fleet.ts';
import { inNamespace } from '../support/namespace.ts';
import {
  startCountingTarget,
  startHttpsTarget,
  startHttpTarget,
  startRawTarget,
  startSilentTarget,
  type Target,
  tlsPath,
} from '../support/targets.ts';
import { startWeb } from '../support/web.ts';

/** A name server that is asked and says nothing. */
const CONF = join(tmpdir(), `consul-esm-resolv-${process.pid}.conf`);
const prepare = `printf 'nameserver 127.0.0.1\\n' > ${CONF} && mount --bind ${CONF} /etc/resolv.conf && rm ${CONF}`;

const startSilentNameServer = async (): Promise<AsyncDisposable> => {
  const socket = createSocket('udp4').bind(53, '127.0.0.1');
  await once(socket, 'listening');
  return {
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => socket.close(resolve));
    },
  };
};

/** A check, what its status must become, and what its output must say. */
interface Row {
  readonly id: string;
  readonly definition?: Readonly<Record<string, unknown>>;
  readonly status?: string;
  readonly expected: readonly [status: string, output: string | RegExp];
}

const row = (id: string, definition: Row['definition'], output: string | RegExp, status = 'critical'): Row => ({
  id,
  ...(definition === undefined ? {} : { definition }),
  expected: [status, output],
});

/** So that the result must be written. */
const otherThan = ([status]: Row['expected']): string => (status === 'passing' ? 'critical' : 'passing');

const NODE = 'nöde /#? 1';
const SERVICE = 's/1 #?ü';

const matches = (check: CatalogCheck | undefined, [status, output]: Row['expected']): boolean =>
  check?.Status === status && (typeof output === 'string' ? check.Output === output : output.test(check.Output));

inNamespace(
  import.meta.url,
  () => {
    test('bad definitions and bad targets fail alone, each with its reason', async () => {
      await using _names = await startSilentNameServer();
      await using consul = await startConsul();
      await using web = await startWeb();
      await using big = await startBigTarget();
      await using endless = await startEndlessTarget();
      await using looping = await startHttpTarget(({ url = '' }, response) =>
        response.writeHead(302, { location: `${url}x` }).end(),
      );
      await using truncated = await startRawTarget('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of');
      await using beheaded = await startRawTarget('HTTP/1.1 200 OK\r\nContent-Le');
      await using garbage = await startRawTarget(Buffer.from([0, 1, 2, 0xff, 0xfe, 0x0d, 0x0a, 0x0d, 0x0a]));
      await using silent = await startSilentTarget();
      await using counting = await startCountingTarget();
      await using wrongHost = await startHttpsTarget('wrong-host', (_, response) => response.end());
      await using expired = await startHttpsTarget('expired', (_, response) => response.end());

      const ok = (id: string, definition: object = {}, status = 'critical'): Row => ({
        id,
        status,
        definition: { HTTP: web.url(`/${encodeURIComponent(id)}`), ...definition },
        expected: ['passing', /: 200 OK Output: well$/],
      });
      const http = (id: string, url: string, output: string | RegExp): Row => row(id, { HTTP: url }, output);
      const at = ({ port }: Target, scheme = 'http'): string => `${scheme}://localhost:${port}/`;
      const rows: readonly Row[] = [
        http('no host', 'http://', /^Get "http:\/\/": .*no Host/),
        http('no url', 'not a url', /^Get "not a url": unsupported protocol scheme ""/),
        http('ftp', 'ftp://h/', 'Get "ftp://h/": unsupported protocol scheme "ftp"'),
        http('port', 'http://127.0.0.1:99999/', /^Get "http:\/\/127\.0\.0\.1:99999\/": .*99999: invalid port/),
        http('bracket', 'http://[::bad', /^parse "http:\/\/\[::bad": /),
        row('tcp', { TCP: 'nonsense' }, /^dial tcp: .*nonsense.*missing port/),
        http(
          'nameless host',
          'http://never-answered.example/',
          /dial tcp: lookup never-answered\.example: context deadline exceeded/,
        ),
        row('loop', { HTTP: at(looping), Timeout: '9s' }, /: stopped after 10 redirects/),
        http('beheaded', at(beheaded), /: (?:unexpected )?EOF/),
        http('garbage', at(garbage), /: .*malformed HTTP/),
        http('hanging', at(silent), /: context deadline exceeded \(Client\.Timeout exceeded/),
        http('wrong host', at(wrongHost, 'https'), /x509: certificate is valid for elsewhere\.example, not localhost/),
        http('expired', at(expired, 'https'), /x509: certificate has expired/),
        row('truncated', { HTTP: at(truncated) }, /: 200 OK Output: half of$/, 'passing'),
        row('endless', { HTTP: at(endless) }, /: 200 OK Output: (?:more )+/, 'passing'),
        row('big', { HTTP: at(big), Timeout: '9s', Interval: '2s' }, /: 200 OK Output: x{4096}$/, 'passing'),
        row(
          'a megabyte of headers',
          { HTTP: at(counting), Header: { 'X-Long': ['x'.repeat(2 ** 20)] } },
          /: 200 OK Output: 10487\d\d bytes$/,
          'passing',
        ),
        { ...row('no definition', undefined, 'as registered', 'warning'), status: 'warning' },
        ok('a/b#c?d e é 漢'),
        ok('banana', {}, 'banana'),
        ok('10ms', { Interval: '10ms' }),
        ok('negative', { Interval: '-1s' }),
        ok('nanoseconds', { Interval: 10 }),
        ok('header', { Header: { 'X-None': [], 'X-Null': null } }),
        ok('good'),
      ];
      const fleet = createFleet(consul, 'bad');
      await register(consul, {
        node: NODE,
        meta: fleet.unpinged,
        checks: rows.map(({ id, expected, status = otherThan(expected), definition }) => ({
          ...{ CheckID: id, Name: id, Status: status, Output: 'as registered' },
          ...(definition === undefined ? {} : { Definition: { Interval: '1s', Timeout: '1s', ...definition } }),
        })),
      });
      await register(consul, {
        node: NODE,
        service: { ID: SERVICE, Service: 'odd' },
        checks: [
          { CheckID: '', Name: 'no id', Status: 'critical', Definition: { HTTP: web.url('/no-id'), Interval: '1s' } },
          {
            ...{ CheckID: 'doomed/ü', Name: 'doomed', Status: 'critical', ServiceID: SERVICE },
            Definition: { TCP: 'nonsense', Interval: '1s', DeregisterCriticalServiceAfter: '2s' },
          },
        ],
      });
      await using daemon = await fleet.start(`https_ca_file = "${tlsPath('ca.pem')}"\ncheck_update_interval = "0s"`);

      let unmet: unknown;
      await eventually(
        'every check as expected',
        async () => {
          const checks = new Map((await checksOf(consul, NODE)).map((check) => [check.CheckID, check]));
          unmet = rows
            .filter(({ id, expected }) => !matches(checks.get(id), expected))
            .map(({ id }) => [id, checks.get(id)?.Status, checks.get(id)?.Output.slice(0, 200)]);
          return (unmet as unknown[]).length === 0 && checks.get('no id')?.Status === 'passing';
        },
        { everyMs: 200, deadlineMs: 25_000 },
      ).catch((error: unknown) => {
        throw new Error(`not as expected: ${JSON.stringify(unmet, null, 1)}`, { cause: error });
      });
      await eventually('the end of the odd service', async () => (await servicesOf(consul, NODE))?.length === 0);

      const hits = web.hits('/good');
      const pours = big.connections;
      await eventually('runs of good and bad', () => web.hits('/good') >= hits + 3 && big.connections >= pours + 2);
      expect(await daemon.peakMegabytes()).toBeLessThan(200);
      for (const interval of ['10ms', '-1s', '10ns']) {
        expect(daemon.lines(`interval ${interval} is below the minimum, using 1s`)).toHaveLength(1);
      }
      expect(daemon.lines("'nöde /#? 1/no definition' has no runnable definition")).toHaveLength(1);
      expect(daemon.lines('[ERROR]')).toEqual([]);
      expect(await daemon.stop()).toBe(0);
      expect(daemon.stderr).toBe('');
    });
  },
  { prepare, fetch: findConsul },
);
