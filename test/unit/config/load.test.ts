import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import type { FromSchema } from 'json-schema-to-ts';
import { changedKeys } from '../../../src/config/changes.ts';
import { describeConfig, type Config } from '../../../src/config/config.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { KEYS, type SCHEMA } from '../../../src/config/schema.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'esm-config-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Writes a file below the test's folder and answers with its path. */
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
};

const configOf = async (...sources: string[]): Promise<Config> => (await loadConfig(sources, {}, () => 'fresh')).config;

const messageOf = async (sources: readonly string[], env: Record<string, string> = {}): Promise<string> =>
  loadConfig(sources, env).then(
    () => 'accepted',
    (error: unknown) => (error instanceof Error ? error.message : 'no error'),
  );

const NOBODY = 65_534;

/** Nothing is closed to root: as root, becomes nobody for the time of `run`. */
const asOrdinaryUser = async <Result>(run: () => Promise<Result>): Promise<Result> => {
  if (process.geteuid?.() !== 0) return run();
  process.seteuid?.(NOBODY);
  try {
    return await run();
  } finally {
    process.seteuid?.(0);
  }
};

describe('defaults', () => {
  it('are those of the documentation', async () => {
    const { config, notes } = await loadConfig([], {}, () => 'fresh');
    expect(notes).toEqual([]);
    expect(config).toMatchObject({
      logLevel: 'INFO',
      enableSyslog: false,
      syslogFacility: 'LOCAL0',
      instanceId: 'fresh',
      consulService: 'consul-esm',
      consulServiceTag: '',
      kvPath: 'consul-esm/',
      leaderKey: 'consul-esm/lock',
      externalNodeMeta: { 'external-node': 'true' },
      nodeReconnectTimeoutMs: 259_200_000,
      nodeProbeIntervalMs: 10_000,
      nodeHealthRefreshIntervalMs: 3_600_000,
      checkUpdateIntervalMs: 300_000,
      disableCoordinateUpdates: false,
      pingType: 'udp',
      probeWorkers: 'auto',
      passingThreshold: 0,
      criticalThreshold: 0,
      httpAddr: 'http://localhost:8500',
      token: '',
      datacenter: '',
      batchFlushIntervalMs: 500,
      httpAuth: undefined,
      tlsSkipVerify: false,
    });
  });

  it('bring a new UUID for each instance', async () => {
    const [one, two] = await Promise.all([loadConfig([], {}), loadConfig([], {})]);
    expect(one.config.instanceId).toMatch(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect(one.config.instanceId).not.toBe(two.config.instanceId);
  });

  it('have the types of the schema', () => {
    expectTypeOf<Config['probeWorkers']>().toEqualTypeOf<number | 'auto'>();
    expectTypeOf<Config['pingType']>().toEqualTypeOf<'udp' | 'socket' | 'tcp'>();
    expectTypeOf<Config['nodeProbeIntervalMs']>().toEqualTypeOf<number>();
    expectTypeOf<Config['criticalThreshold']>().toEqualTypeOf<number>();
    expectTypeOf<Config['externalNodeMeta']>().toEqualTypeOf<Readonly<Record<string, string>>>();
    expectTypeOf<Config['telemetry']['prometheusRetentionTimeMs']>().toEqualTypeOf<number>();
    expectTypeOf<Config['telemetry']['prefixFilter']>().toEqualTypeOf<readonly string[]>();
    type FromFile = FromSchema<typeof SCHEMA>;
    expectTypeOf<Config['logLevel']>().toEqualTypeOf<FromFile['log_level']>();
    expectTypeOf<Config['syslogFacility']>().toEqualTypeOf<FromFile['syslog_facility']>();
    expectTypeOf<Config['token']>().toEqualTypeOf<FromFile['token']>();
    expectTypeOf<Config['logRotateBytes']>().toEqualTypeOf<FromFile['log_rotate_bytes']>();
    expectTypeOf<Config['telemetry']['disableHostname']>().toEqualTypeOf<FromFile['telemetry']['disable_hostname']>();
  });
});

describe('forms of a file', () => {
  const settings = { datacenter: 'dc9', externalNodeMeta: { 'external-node': 'yes', 'a.b': '' }, criticalThreshold: 3 };
  it.each([
    ['HCL 1', 'datacenter = "dc9"\nexternal_node_meta { external-node = "yes" a.b = "" }\ncritical_threshold = 3'],
    [
      'HCL 1, all quoted',
      '"datacenter" = "dc9"\n"external_node_meta" { "external-node" = "yes" "a.b" = "" }\n"critical_threshold" = 3',
    ],
    [
      'HCL 1 with =',
      'datacenter = "dc9" external_node_meta = { "external-node" = "yes", "a.b" = "" }, critical_threshold = 3',
    ],
    [
      'HCL 1 with a list',
      'datacenter = "dc9"\nexternal_node_meta = [{ external-node = "yes" a.b = "" }]\ncritical_threshold = 3',
    ],
    [
      'HCL 2',
      'datacenter = "dc9"\nexternal_node_meta = { "external-node" : "yes", "a.b" : "" }\ncritical_threshold = 3\n',
    ],
    ['JSON', '{"datacenter":"dc9","external_node_meta":{"external-node":"yes","a.b":""},"critical_threshold":3}'],
    [
      'JSON with a list',
      '{"datacenter":"dc9","external_node_meta":[{"external-node":"yes","a.b":""}],"critical_threshold":3}',
    ],
    [
      'keys in any case',
      'Datacenter = "dc9"\nExternal_Node_Meta { external-node = "yes" a.b = "" }\ncritical_Threshold = 3',
    ],
    [
      'Windows',
      '\ufeffdatacenter = "dc9"\r\nexternal_node_meta {\r\n external-node = "yes"\r\n a.b = ""\r\n}\r\ncritical_threshold = 3\r\n',
    ],
  ])('%s', async (_, content) => {
    const expected = expect.objectContaining(settings) as unknown;
    expect(await configOf(file('esm.hcl', content))).toEqual(expected);
    expect(await configOf(file('esm.json', content))).toEqual(expected);
    expect(await configOf(file('esm.conf', content))).toEqual(expected);
  });

  it.each(['', ' \n', '# nothing yet\n', '{}', '\ufeff'])('%j sets nothing', async (content) => {
    expect(await configOf(file('esm.hcl', content))).toEqual(await configOf());
  });

  it.each([
    ['log_level = "warn"', { logLevel: 'WARN' }],
    ['log_level = "Err"', { logLevel: 'ERROR' }],
    ['syslog_facility = "local3"', { syslogFacility: 'LOCAL3' }],
    ['ping_type = "TCP"', { pingType: 'tcp' }],
    ['probe_workers = 2', { probeWorkers: 2 }],
    ['probe_workers = 0', { probeWorkers: 0 }],
    ['probe_workers = "auto"', { probeWorkers: 'auto' }],
    ['probe_workers = ""', { probeWorkers: 'auto' }],
    ['check_update_interval = "0s"', { checkUpdateIntervalMs: 0 }],
    ['node_reconnect_timeout = "1h1m1.5s"', { nodeReconnectTimeoutMs: 3_661_500 }],
    ['batch_flush_interval = "-1s"', { batchFlushIntervalMs: 500 }],
    ['batch_flush_interval = "0s"', { batchFlushIntervalMs: 0 }],
    ['instance_id = "one"', { instanceId: 'one' }],
    ['{ "datacenter": null }', { datacenter: '' }],
    ['node_probe_interval = ""', { nodeProbeIntervalMs: 10_000 }],
    ['enable_syslog = ""', { enableSyslog: false }],
    [
      'telemetry { statsd_address = "" prometheus_retention_time = "1m" }',
      {
        telemetry: expect.objectContaining({ statsdAddress: '', prometheusRetentionTimeMs: 60_000 }) as unknown,
      },
    ],
    ['consul_kv_path = "fleet"', { kvPath: 'fleet/', leaderKey: 'fleet/leader' }],
    ['consul_kv_path = "consul-esm/"', { kvPath: 'consul-esm/', leaderKey: 'consul-esm/leader' }],
    ['consul_kv_path = "fleet" consul_leader_key = "locks/esm"', { kvPath: 'fleet/', leaderKey: 'locks/esm' }],
    ['consul_kv_path = ""', { kvPath: 'consul-esm/', leaderKey: 'consul-esm/lock' }],
  ])('%s', async (content, expected) => {
    expect(await configOf(file('esm.hcl', content))).toEqual(expect.objectContaining(expected));
  });
});

describe('a file that sets everything', () => {
  const FOLDER = 'test/fixtures/config/valid';

  it('reads alike from HCL and JSON', async () => {
    const config = await configOf(`${FOLDER}/all.hcl`);
    expect(config).toEqual(await configOf(`${FOLDER}/all.json`));
    expect(describeConfig(config)).toMatchSnapshot();
  });

  it('names every key', () => {
    const keys = Object.keys(JSON.parse(readFileSync(`${FOLDER}/all.json`, 'utf8')) as object); // safe: loaded above
    expect(keys.sort()).toEqual(KEYS.map(([name]) => name).sort());
  });

  it('changes every setting from its default', async () => {
    const { live, restart } = changedKeys(await configOf(), await configOf(`${FOLDER}/all.hcl`));
    expect([...live, ...restart].sort()).toEqual(KEYS.map(([name]) => name).sort());
    expect([...live].sort()).toEqual([
      'ca_file',
      'ca_path',
      'cert_file',
      'check_update_interval',
      'critical_threshold',
      'external_node_meta',
      'key_file',
      'log_level',
      'node_health_refresh_interval',
      'node_probe_interval',
      'node_reconnect_timeout',
      'passing_threshold',
      'tls_server_name',
      'token',
    ]);
  });
});

describe('several files', () => {
  it('are read in order, a folder by name, other files and deeper folders left out', async () => {
    file('d/20.hcl', 'datacenter = "twenty"\npartition = "twenty"');
    file('d/10.json', '{ "datacenter": "ten", "token": "ten" }');
    file('d/30.hcl~', 'datacenter = "backup"');
    file('d/40.txt', 'not configuration');
    file('d/50.hcl', '');
    file('d/60.hcl/nested.hcl', 'datacenter = "nested"');
    const first = file('first.conf', 'datacenter = "first"\nconsul_service = "first"\ntoken = "first"');
    const last = file('last.conf', 'partition = "last"');
    expect(await configOf(first, join(folder, 'd'), last)).toMatchObject({
      consulService: 'first',
      token: 'ten',
      datacenter: 'twenty',
      partition: 'last',
    });
    expect(await configOf(join(folder, 'd'), first)).toMatchObject({ datacenter: 'first', partition: 'twenty' });
  });

  it('follow links, as a mounted ConfigMap has them', async () => {
    file('..data/esm.hcl', 'datacenter = "linked"');
    mkdirSync(join(folder, 'd'));
    symlinkSync('../..data/esm.hcl', join(folder, 'd/esm.hcl'));
    expect(await configOf(join(folder, 'd'))).toMatchObject({ datacenter: 'linked' });
  });

  it('replace blocks whole', async () => {
    const one = file(
      '1.hcl',
      'external_node_meta { a = "1" }\ntelemetry { metrics_prefix = "one" disable_hostname = true }',
    );
    const two = file('2.hcl', 'external_node_meta { b = "2" }\ntelemetry { metrics_prefix = "two" }');
    const config = await configOf(one, two);
    expect(config.externalNodeMeta).toEqual({ b: '2' });
    expect(config.telemetry).toMatchObject({ metricsPrefix: 'two', disableHostname: false });
  });

  it('may set a pair of keys together', async () => {
    const pem = file('some.pem', 'Only has to exist.');
    const one = file('1.hcl', `cert_file = "${pem}"`);
    const two = file('2.hcl', `key_file = "${pem}"`);
    expect(await configOf(one, two)).toMatchObject({ certFile: pem, keyFile: pem });
  });

  it('say where the setting in force was made', async () => {
    const one = file('1.hcl', '\n  ca_file = "one.pem"');
    const two = file('2.hcl', '\n\nca_file = "two.pem"');
    expect(await messageOf([one, two])).toBe(
      `${two}:3:11: ca_file: found "two.pem", which does not exist; allowed: the path of a readable file`,
    );
  });

  it('blame a missing partner only when no file meant to set it', async () => {
    const pem = file('some.pem', 'Only has to exist.');
    const path = file('1.hcl', `cert_file = "${pem}"\nkey_file = 5`);
    expect(await messageOf([path])).toBe(`${path}:2:12: key_file: found 5; allowed: the path of a readable file`);
  });

  it('that are closed to the user are named', async () => {
    const path = file('closed.hcl', 'datacenter = "dc1"');
    chmodSync(path, 0);
    expect(await asOrdinaryUser(() => messageOf([path]))).toBe(
      `${path}: is closed to the daemon's user; allowed: a readable file or folder`,
    );
  });
});

describe('the environment', () => {
  const load = async (env: Record<string, string>, ...sources: string[]): Promise<Config> =>
    (await loadConfig(sources, env, () => 'fresh')).config;

  it('sets keys', async () => {
    const pem = file('some.pem', 'Only has to exist.');
    const config = await load({
      CONSUL_HTTP_ADDR: 'consul.example:8501',
      CONSUL_HTTP_TOKEN: 'from-env',
      CONSUL_HTTP_AUTH: 'me:pass:word',
      CONSUL_HTTP_SSL: '1',
      CONSUL_HTTP_SSL_VERIFY: 'FALSE',
      CONSUL_CACERT: pem,
      CONSUL_CAPATH: folder,
      CONSUL_CLIENT_CERT: pem,
      CONSUL_CLIENT_KEY: pem,
      CONSUL_TLS_SERVER_NAME: 'server.dc1.consul',
      CONSUL_PARTITION: 'team',
      CONSUL_ENABLEAGENTLESS: 'true',
    });
    expect(config).toMatchObject({
      httpAddr: 'https://consul.example:8501',
      token: 'from-env',
      httpAuth: { username: 'me', password: 'pass:word' },
      tlsSkipVerify: true,
      caFile: pem,
      caPath: folder,
      certFile: pem,
      keyFile: pem,
      tlsServerName: 'server.dc1.consul',
      partition: 'team',
      enableAgentless: true,
    });
  });

  it('gives way to a file, and counts empty values for nothing', async () => {
    const path = file('esm.hcl', 'token = "from-file"\nhttp_addr = ""');
    const config = await load({ CONSUL_HTTP_TOKEN: 'from-env', CONSUL_HTTP_ADDR: 'env:1', CONSUL_PARTITION: '' }, path);
    expect(config).toMatchObject({ token: 'from-file', httpAddr: 'http://env:1', partition: '' });
  });

  it('takes the token from a file before the plain one', async () => {
    const path = file('token', '  from-token-file\n');
    expect(await load({ CONSUL_HTTP_TOKEN: 'plain', CONSUL_HTTP_TOKEN_FILE: path })).toMatchObject({
      token: 'from-token-file',
    });
    const empty = file('empty', '\n');
    expect(await load({ CONSUL_HTTP_TOKEN: 'plain', CONSUL_HTTP_TOKEN_FILE: empty })).toMatchObject({ token: 'plain' });
  });

  it.each([
    [{ CONSUL_HTTP_SSL: 'yes' }, 'CONSUL_HTTP_SSL: found "yes"; allowed: true or false'],
    [{ CONSUL_HTTP_SSL_VERIFY: '2' }, 'CONSUL_HTTP_SSL_VERIFY: found "2"; allowed: true or false'],
    [{ CONSUL_ENABLEAGENTLESS: 'on' }, 'CONSUL_ENABLEAGENTLESS: found "on"; allowed: true or false'],
    [
      { CONSUL_HTTP_ADDR: 'me:b1gs3cret@consul:8500' },
      'CONSUL_HTTP_ADDR: found "...@consul:8500", whose name and password belong in CONSUL_HTTP_AUTH; allowed: "host:port", "http://host:port", "https://host:port" or "unix:///path"',
    ],
    [
      { CONSUL_HTTP_TOKEN_FILE: '/no/such/token' },
      'CONSUL_HTTP_TOKEN_FILE: found "/no/such/token", which does not exist; allowed: the path of a readable file',
    ],
    [
      { CONSUL_CACERT: '/no/such/ca.pem' },
      'CONSUL_CACERT: found "/no/such/ca.pem", which does not exist; allowed: the path of a readable file',
    ],
  ])('refuses %j', async (env, message) => {
    expect(await messageOf([], env)).toBe(`environment: ${message}`);
  });
});

describe('notes', () => {
  const notesOf = async (content: string): Promise<readonly string[]> =>
    (await loadConfig([file('esm.hcl', content)], {})).notes;

  it('name all settings without effect in one line', async () => {
    expect(
      await notesOf('log_json = true\nenable_debug = true\ntelemetry { statsd_address = "h:1" }\nlog_level = "INFO"'),
    ).toEqual(['These settings have no effect yet: log_json, enable_debug, telemetry']);
  });

  it('spare settings that only say the default', async () => {
    expect(
      await notesOf('log_json = false\ntelemetry {}\nclient_address = ""\nbatch_flush_interval = "500ms"'),
    ).toEqual([]);
  });

  it('name Circonus apart, without its token', async () => {
    expect(await notesOf('telemetry { circonus_api_token = "b1gs3cret" circonus_check_id = "7" }')).toEqual([
      'These settings have no effect yet: telemetry',
      'Circonus is not supported; these settings are ignored: telemetry.circonus_api_token, telemetry.circonus_check_id',
    ]);
  });
});
