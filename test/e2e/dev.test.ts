/** `consul-esm dev`, as somebody uses it who has just installed the program: by what it prints. */
import { describe, expect, test } from 'vitest';
import { register } from '../support/catalog.ts';
import { startConsul } from '../support/consul.ts';
import { type DaemonOptions, startDaemon, type TestDaemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { freePorts } from '../support/ports.ts';
import { refusedPort, startSilentTarget } from '../support/targets.ts';

const HINT = 'consul-esm dev -help lists the flags.\n';

interface Dev extends AsyncDisposable {
  readonly program: TestDaemon;
  /** What it prints to read the checks. */
  readonly seeUrl: string;
  /** Sends what it prints behind `label`. */
  order(label: string): Promise<void>;
  /** Resolves once the catalog has these statuses, by the ids of the checks. */
  untilStatuses(expected: Readonly<Record<string, string>>): Promise<void>;
  /** Every URL it has printed answers, or none does any more. */
  answering(): Promise<readonly string[]>;
}

const WELL = { externalNodeHealth: 'passing', 'service:web1': 'passing', 'service:web2': 'passing' };

async function startDev(args: readonly string[], env: DaemonOptions['env'] = {}): Promise<Dev> {
  const program = await startDaemon({ args: ['dev', ...args], env });
  await program.until('Ctrl-C');
  const seeUrl = /curl .*'(http.*)'/.exec(program.stdout)?.[1] ?? '';
  const read = async (): Promise<unknown> => {
    const answer = await fetch(seeUrl, { headers: { 'x-consul-token': env['CONSUL_HTTP_TOKEN'] ?? '' } });
    // safe: what /v1/health/node answers
    const checks = (await answer.json()) as readonly { readonly CheckID: string; readonly Status: string }[];
    return Object.fromEntries(checks.map(({ CheckID, Status }) => [CheckID, Status]));
  };
  return {
    program,
    seeUrl,
    async order(label) {
      const url = new RegExp(`${label} +curl -X PUT (\\S+)`).exec(program.stdout)?.[1] ?? '';
      expect((await fetch(url, { method: 'PUT' })).status).toBe(200);
    },
    async untilStatuses(expected) {
      let seen: unknown;
      const isSeen = async (): Promise<boolean> => {
        seen = await read();
        return JSON.stringify(seen) === JSON.stringify(expected);
      };
      await eventually(JSON.stringify(expected), isSeen).catch(() => {
        expect(seen).toEqual(expected);
      });
    },
    async answering() {
      const urls = new Set(program.stdout.match(/http:\/\/127\.0\.0\.1:\d+/g));
      const answers = await Promise.allSettled([...urls].map((url) => fetch(url).then(() => url)));
      return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    },
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

describe.concurrent('with a Consul in memory', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'it shows a target fail and heal, and leaves nothing on %s',
    async (signal) => {
      // whatever the variables of a real Consul say
      const env = { CONSUL_HTTP_ADDR: 'nowhere:1', CONSUL_HTTP_TOKEN: 'no', CONSUL_HTTP_SSL: 'true' };
      await using dev = await startDev(['-port=0'], env);
      expect(dev.program.stdout).toMatch(/^\nConsul +http:\/\/127\.0\.0\.1:\d+ \(in memory, .*not for production\)\n/);
      await dev.untilStatuses(WELL);
      await dev.order('Make the HTTP target fail');
      await dev.untilStatuses({ ...WELL, 'service:web1': 'critical' });
      await dev.order('Bring all of it back');
      await dev.untilStatuses(WELL);

      expect(await dev.answering()).toHaveLength(4);
      dev.program.signal(signal);
      dev.program.signal(signal); // as npm does, which hands on what the terminal has already sent
      expect(await dev.program.ended).toBe(0);
      expect(await dev.answering()).toEqual([]);
      expect(dev.program.lines(/\[(WARN|ERROR)\]/)).toEqual([]);
      expect(dev.program.lines(/Stopping on/)).toHaveLength(1);
      expect(dev.program.stderr).toBe('');
    },
  );

  test('it listens where it is told, tells every result, and says so when the port is taken', async () => {
    const [port = 0] = await freePorts(1);
    await using dev = await startDev([`--port=${port}`, '-log-level', 'debug']);
    expect(dev.seeUrl).toContain(`http://127.0.0.1:${port}/`);
    await dev.program.until("agent: Check 'foo/service:web1' is passing");
    await using second = await startDaemon({ args: ['dev', '-port', String(port)] });
    expect(await second.ended).toBe(11);
    expect(second.stderr).toBe(
      `consul-esm: -port=${port} cannot be had: listen EADDRINUSE: address already in use 127.0.0.1:${port}\n${HINT}`,
    );
  });

  test('two run side by side, and any other instance may join', async () => {
    await using first = await startDev([]);
    await using second = await startDev([]);
    expect(new URL(first.seeUrl).port).not.toBe(new URL(second.seeUrl).port);
    await Promise.all([first.untilStatuses(WELL), second.untilStatuses(WELL)]);
    await using joining = await startDaemon({ env: { CONSUL_HTTP_ADDR: new URL(first.seeUrl).host } });
    await joining.until('Waiting to obtain leadership');
    expect(await first.program.stop()).toBe(0);
    await second.untilStatuses(WELL);
  });
});

describe.concurrent('with a real Consul', () => {
  test.each([[['-consul']], [['--consul=']]])('given as %j it works there, and leaves it as it was', async ([flag]) => {
    await using consul = await startConsul({ aclEnabled: true });
    const check = { CheckID: 'theirs', Name: 'theirs', Definition: { TCP: '127.0.0.1:1', Interval: '1s' } };
    const theirs = { node: 'foo', meta: { 'external-node': 'true', 'external-probe': 'true' }, checks: [check] };
    await register(consul, theirs);
    const everything = () =>
      Promise.all([
        consul.get('/internal/ui/nodes'),
        consul.get('/catalog/services'),
        consul.get('/health/state/any'),
        consul.get('/session/list'),
        consul.ask('GET', '/kv/?recurse'),
      ]);
    // The agent registers itself in two steps, of which the second may come seconds later.
    const isSynced = async (): Promise<boolean> => {
      // safe: what it answers
      const nodes = (await consul.get('/catalog/nodes')) as readonly { Node: string; TaggedAddresses: object | null }[];
      return nodes.some(({ Node, TaggedAddresses }) => Node === consul.nodeName && TaggedAddresses !== null);
    };
    await eventually("all of the agent's own node", isSynced);
    const before = await everything();
    const args = flag?.endsWith('=') === true ? [flag + consul.url] : [flag ?? '', consul.url];
    await using dev = await startDev(args, { CONSUL_HTTP_TOKEN: consul.token });
    expect(dev.program.stdout).toContain(`${consul.url} (all in it that is named consul-esm-dev-`);
    expect(dev.program.stdout).not.toContain(consul.token);
    expect(dev.program.stdout).toContain('curl -H "X-Consul-Token: $CONSUL_HTTP_TOKEN" ');
    await dev.untilStatuses(WELL);
    await dev.order('Make both targets vanish');
    await dev.program.until(/service:web1' is now critical/);
    await dev.program.until(/service:web2' is now critical/);
    dev.program.signal('SIGINT');
    expect(await dev.program.ended).toBe(0);
    expect(dev.program.stderr).toBe('');
    expect(await everything()).toEqual(before);
  });

  test('that does not answer, or lets it do nothing, it ends with code 12', async () => {
    const port = await refusedPort();
    await using none = await startDaemon({ args: ['dev', `-consul=127.0.0.1:${port}`] });
    expect(await none.ended).toBe(12);
    expect(none.stderr).toBe(
      `consul-esm: cannot use the Consul at http://127.0.0.1:${port}: PUT /v1/catalog/register: no answer from ` +
        `Consul at http://127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}\n`,
    );
    await using guarded = await startConsul({ aclEnabled: true });
    await using refused = await startDaemon({ args: ['dev', `-consul=${guarded.url}`] });
    expect(await refused.ended).toBe(12);
    expect(refused.stderr).toMatch(/^consul-esm: cannot use the Consul at .*: 403 Permission denied/);
    expect(refused.stdout).toBe('');
  });

  test('that never answers, it is ended at once by a second Ctrl-C', async () => {
    await using silent = await startSilentTarget();
    await using program = await startDaemon({ args: ['dev', `-consul=127.0.0.1:${silent.port}`] });
    await eventually('the question', () => silent.isAsked);
    const end = (): void => {
      program.signal('SIGINT');
    };
    const repeated = setInterval(end, 200);
    expect(await program.ended).toBe(1);
    clearInterval(repeated);
  });
});

describe.concurrent('the flags', () => {
  test.each(['-help', '--help', '-h', '-help -nonsense'])('%s prints the usage', async (flags) => {
    await using program = await startDaemon({ args: ['dev', ...flags.split(' ')] });
    expect(await program.ended).toBe(0);
    expect(program.stdout).toMatch(/^Usage: consul-esm dev \[options\]\n[^]*not for production[^]*-consul=<url>/);
    expect(program.stderr).toBe('');
  });
});
