import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toConsulUrl } from '../../../src/config/address.ts';
import { changedKeys } from '../../../src/config/changes.ts';
import { describeConfig } from '../../../src/config/config.ts';
import { configurationPage, configurationSummary } from '../../../src/config/docs.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { KEYS } from '../../../src/config/schema.ts';
import { suggest } from '../../../src/config/suggest.ts';
import { formatGoDuration, formatShortDuration, parseGoDuration } from '../../../src/duration.ts';

describe('toConsulUrl', () => {
  it.each([
    ['localhost:8500', 'http://localhost:8500', 'https://localhost:8500'],
    ['10.0.0.1:80', 'http://10.0.0.1', 'https://10.0.0.1:80'],
    ['[::1]:8500', 'http://[::1]:8500', 'https://[::1]:8500'],
    ['consul_server:8500', 'http://consul_server:8500', 'https://consul_server:8500'],
    [':8500', 'http://localhost:8500', 'https://localhost:8500'],
    ['http://consul.example', 'http://consul.example', 'https://consul.example'],
    ['https://consul.example:8501', 'https://consul.example:8501', 'https://consul.example:8501'],
    ['https://proxy.example/consul/', 'https://proxy.example/consul', 'https://proxy.example/consul'],
    ['unix:///run/consul.sock', 'unix:///run/consul.sock', 'unix:///run/consul.sock'],
  ])('reads %s', (text, plain, tls) => {
    expect(toConsulUrl(text, false)).toBe(plain);
    expect(toConsulUrl(text, true)).toBe(tls);
  });

  it.each([
    ...[
      '',
      'localhost',
      'localhost:',
      'localhost:0',
      'localhost:99999',
      'a b:1',
      'ftp://h:1',
      'http://',
      'unix://',
      '::1:8500',
    ],
    ...['http://[::bad', 'http://h:99999', 'http://me:pw@h:1', 'me@h:1', 'http://h:1?x', 'http://h:1#x', 'h:1/path'],
  ])('refuses %j', (text) => {
    expect(toConsulUrl(text, false)).toBeUndefined();
  });
});

describe('suggest', () => {
  const keys = KEYS.map(([name]) => name);
  it.each([
    ['tokn', 'token'],
    ['log-level', 'log_level'],
    ['node_probe_intervall', 'node_probe_interval'],
    ['enable_agent_less', 'enable_agentless'],
    ['colour', undefined],
    ['', undefined],
  ])('%j -> %s', (word, expected) => {
    expect(suggest(word, keys)).toBe(expected);
  });
});

describe('formatShortDuration', () => {
  it.each([
    ['72h', '72h'],
    ['1h30m', '1h30m'],
    ['90s', '1m30s'],
    ['10m', '10m'],
    ['1h0m5s', '1h0m5s'],
    ['10s', '10s'],
    ['0s', '0s'],
    ['1.5s', '1.5s'],
    ['100ms', '100ms'],
  ])('%s is shown as %s', (text, expected) => {
    expect(formatShortDuration(parseGoDuration(text) ?? NaN)).toBe(expected);
  });

  it('means the same as the long form', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), (ms) => {
        expect(parseGoDuration(formatShortDuration(ms))).toBe(ms || 0);
        expect(parseGoDuration(formatGoDuration(ms))).toBe(ms || 0);
      }),
    );
  });
});

const load = async (env: Record<string, string>) => (await loadConfig([], env, () => 'fresh')).config;

describe('describeConfig', () => {
  it('shows all but secrets', async () => {
    const bare = await load({});
    const config = {
      ...bare,
      token: 'b1gs3cret',
      httpAuth: { username: 'me', password: 'b1gs3cret' },
      telemetry: { ...bare.telemetry, circonusApiToken: 'b1gs3cret', metricsPrefix: 'esm' },
    };
    const description = describeConfig(config);
    expect(JSON.stringify(description)).not.toContain('b1gs3cret');
    expect(description).toMatchObject({
      token: '(secret)',
      httpAuth: '(secret)',
      httpAddr: 'http://localhost:8500',
      telemetry: { circonusApiToken: '(secret)', metricsPrefix: 'esm' },
    });
    expect(Object.keys(description).sort()).toEqual(Object.keys(config).sort());
  });

  it('tells an absent secret from a hidden one', async () => {
    expect(describeConfig(await load({}))).toMatchObject({ token: '', httpAuth: undefined });
  });
});

describe('changedKeys', () => {
  it('tells what takes effect at once from what needs a restart', async () => {
    const old = await load({});
    const next = {
      ...old,
      logLevel: 'DEBUG' as const,
      nodeProbeIntervalMs: 5_000,
      externalNodeMeta: { a: '1' },
      leaderKey: 'other',
      httpAddr: 'http://other:8500',
    };
    const { live, restart } = changedKeys(old, next);
    expect([...live].sort()).toEqual(['external_node_meta', 'log_level', 'node_probe_interval']);
    expect([...restart].sort()).toEqual(['consul_leader_key', 'http_addr']);
  });

  it('finds nothing where nothing changed', async () => {
    expect(changedKeys(await load({}), await load({}))).toEqual({ live: [], restart: [] });
  });
});

describe('docs/configuration.md', () => {
  it('is what the schema says', () => {
    expect(readFileSync('docs/configuration.md', 'utf8')).toBe(configurationPage());
    expect(readFileSync('README.md', 'utf8')).toContain(configurationSummary());
  });

  it('names every key and variable', () => {
    const page = configurationPage();
    for (const [name, key] of KEYS) {
      expect(page).toContain(`| \`${name}\` |`);
      if (key.env !== undefined) expect(page).toContain(`\`${key.env}\``);
    }
  });
});
