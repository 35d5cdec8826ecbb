/** What the program says and how it ends: flags, refusals, the wait for Consul, a second instance, signals. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { version } from '../../src/version.ts';
import { startConsul, type TestConsul } from '../support/consul.ts';
import { startDaemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { createFleet } from '../support/fleet.ts';
import { temporaryFolder } from '../support/folder.ts';
import { refusedPort, startHttpTarget, startSilentTarget } from '../support/targets.ts';

let consul: TestConsul;

beforeAll(async () => {
  consul = await startConsul();
});

afterAll(() => consul.stop());

/** Runs the program with these arguments to its end. */
const runToEnd = async (...args: readonly string[]) => {
  await using daemon = await startDaemon({ args });
  const code = await daemon.ended;
  return { code, stdout: daemon.stdout, stderr: daemon.stderr };
};

describe.concurrent('another instance of the same id', () => {
  test('is refused after half a minute as long as the first lives', { timeout: 60_000 }, async () => {
    const fleet = createFleet(consul, 'twice');
    await using first = await fleet.start();
    await first.until('Obtained leadership');
    await using second = await fleet.start();
    await second.until('consul-esm');
    const deadline = AbortSignal.timeout(40_000);
    const code = await Promise.race([second.ended, new Promise((resolve) => (deadline.onabort = resolve))]);
    expect(code).toBe(13);
    expect(second.stderr).toBe(
      "consul-esm: ESM instance with service id 'twice:one' is already registered with Consul\n",
    );
    expect(await consul.get('/catalog/service/twice')).toHaveLength(1);
    expect(await first.stop()).toBe(0);
  });

  test('takes over from one whose TTL check is critical', async () => {
    const id = 'dead:one';
    const check = { CheckID: `${id}:agent-ttl`, TTL: '30s', Status: 'critical' };
    await consul.put('/agent/service/register', { ID: id, Name: 'dead', Check: check });
    await using daemon = await createFleet(consul, 'dead').start();
    await daemon.until('Obtained leadership');
    await eventually('its check passing', async () =>
      JSON.stringify(await consul.get(`/health/service/dead?passing`)).includes(id),
    );
  });
});

describe.concurrent('the flags', () => {
  test.each(['-version', '--version', '-v', '--v', '-version=true'])('%s prints the version', async (flag) => {
    const revision = await readFile(new URL('../../dist/revision', import.meta.url), 'utf8');
    const stdout = `consul-esm ${version} (${revision.trim()})\n`;
    expect(await runToEnd(flag)).toEqual({ code: 0, stdout, stderr: '' });
  });

  test.each(['-help', '--help', '-h'])('%s prints the usage', async (flag) => {
    const { code, stdout, stderr } = await runToEnd(flag);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: consul-esm \[options\]\n[^]*-config-file=<path>[^]*-config-dir=<path>/);
  });

  test.each([
    [['-nope'], 'flag provided but not defined: -nope'],
    [['-config-fil=x'], 'flag provided but not defined: -config-fil; did you mean -config-file?'],
    [['-config-file'], 'flag needs an argument: -config-file'],
    [['agent'], 'unexpected argument: agent'],
  ])('%j is refused with a hint', async (args, sentence) => {
    const refused = await runToEnd(...args);
    const stderr = `consul-esm: ${sentence}\nconsul-esm -help lists the flags.\n`;
    expect(refused).toEqual({ code: 11, stdout: '', stderr });
  });
});

describe.concurrent('the configuration', () => {
  test('is refused with file, line, key and what is allowed, and no stack trace', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'bad.hcl');
    await writeFile(file, 'log_level = "INFO"\n\nping_type = "smoke"\nlog_levle = "INFO"\n');
    const { code, stdout, stderr } = await runToEnd(`-config-file=${file}`);
    expect({ code, stdout }).toEqual({ code: 11, stdout: '' });
    expect(stderr).toMatch(/^consul-esm: .*bad\.hcl/);
    for (const part of [':3', 'ping_type', 'smoke', 'udp', 'log_levle']) expect(stderr).toContain(part);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test('is refused when a file is not there', async () => {
    const { code, stderr } = await runToEnd('-config-file', '/nowhere/x.hcl');
    expect(code).toBe(11);
    expect(stderr).toMatch(/^consul-esm: .*\/nowhere\/x\.hcl.*\n$/);
  });

  test('may be several files and folders, the later ones winning, in HCL and JSON', async () => {
    await using folder = await temporaryFolder();
    const inner = join(folder.path, 'conf.d');
    await mkdir(inner);
    await writeFile(join(folder.path, 'first.hcl'), `http_addr = "${consul.url}"\nconsul_service = "first"\n`);
    await writeFile(join(inner, 'a.json'), '{"consul_service": "second", "instance_id": "a"}');
    await writeFile(join(inner, 'b.hcl'), 'instance_id = "b"');
    await writeFile(join(inner, 'c.txt'), 'instance_id = "c"');
    await using daemon = await startDaemon({
      args: ['-config-file', join(folder.path, 'first.hcl'), `--config-dir=${inner}`],
    });
    await daemon.until('Obtained leadership');
    expect(daemon.stdout).toContain('Service ID: "second:b"');
    expect(await daemon.stop()).toBe(0);
  });

  test('may come from the environment alone', async () => {
    await using daemon = await startDaemon({ env: { CONSUL_HTTP_ADDR: `127.0.0.1:${consul.port}` } });
    await daemon.until('Obtained leadership');
    const services = await consul.get('/catalog/service/consul-esm');
    expect(services).toEqual([expect.objectContaining({ ServiceMeta: { 'external-source': 'consul-esm' } })]);
    expect(await daemon.stop()).toBe(0);
  });
});

describe.concurrent('without Consul', () => {
  test('it waits, says so once in a while, ends at once on SIGTERM, and stays alive without', async () => {
    await using daemon = await startDaemon({ config: `http_addr = "127.0.0.1:${await refusedPort()}"` });
    await daemon.until(/\[WARN\] Waiting for Consul: .*connect ECONNREFUSED/);
    expect(await daemon.stop()).toBe(0);
    expect(daemon.lines('Waiting for Consul')).toHaveLength(1);
    expect(daemon.stderr).toBe('');
  });

  test('SIGINT ends it as well, while a Consul that never answers is asked', async () => {
    await using silent = await startSilentTarget();
    await using daemon = await startDaemon({ config: `http_addr = "127.0.0.1:${silent.port}"` });
    await eventually('the question', () => silent.isAsked);
    daemon.signal('SIGINT');
    expect(await daemon.ended).toBe(0);
  });

  test('of an age that it can work with, it refuses', async () => {
    // no such Consul can be had any more
    const self = JSON.stringify({ Config: { NodeName: 'old', Datacenter: 'dc1', Version: '1.4.0' } });
    await using old = await startHttpTarget((_, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(self),
    );
    await using daemon = await startDaemon({ config: `http_addr = "127.0.0.1:${old.port}"` });
    await eventually('the end', () => daemon.stderr !== '');
    expect(await daemon.ended).toBe(12);
    expect(daemon.stderr).toBe("consul-esm: Consul agent 'old' is version 1.4.0; 1.4.1 or later is needed\n");
  });

  test('it begins as soon as Consul is there', async () => {
    await using late = await startConsul();
    await late.kill('SIGKILL');
    await using daemon = await createFleet(late, 'early').start();
    await daemon.until('Waiting for Consul');
    await late.start();
    await daemon.until('Obtained leadership');
  });
});

describe.concurrent('an order to end', () => {
  test('deregisters the service, frees the lock, and exits 0', async () => {
    const fleet = createFleet(consul, 'ended');
    await using daemon = await fleet.start();
    await daemon.until('Obtained leadership');
    expect(JSON.stringify(await consul.get('/kv/ended/leader'))).toContain('"Session"');
    expect(await daemon.stop()).toBe(0);
    expect(await consul.get('/catalog/service/ended')).toEqual([]);
    expect(JSON.stringify(await consul.get('/kv/ended/leader'))).not.toContain('"Session"');
    expect(daemon.stderr).toBe('');
  });

  test('given twice ends it at once with code 1, while Consul hangs', async () => {
    await using stalled = await startConsul();
    await using daemon = await createFleet(stalled, 'stalled').start();
    await daemon.until('Obtained leadership');
    await stalled.kill('SIGSTOP');
    daemon.signal('SIGTERM');
    await daemon.until('Stopping on SIGTERM');
    daemon.signal('SIGINT');
    expect(await daemon.ended).toBe(1);
  });

  test('given once ends it in under 6 s, while Consul hangs', async () => {
    await using stalled = await startConsul();
    await using daemon = await createFleet(stalled, 'patient').start();
    await daemon.until('Obtained leadership');
    await stalled.kill('SIGSTOP');
    const startedAtMs = performance.now();
    expect(await daemon.stop()).toBe(0);
    expect(performance.now() - startedAtMs).toBeLessThan(6_000);
  });
});

describe.concurrent('a token that may not', () => {
  test('read the agent is waited for, with the permission named', async () => {
    await using guarded = await startConsul({ aclEnabled: true });
    const config = createFleet(guarded, 'guarded').config();
    const powerless = '6c6c6c6c-0000-4000-8000-00000000dead';
    await using daemon = await startDaemon({ config: config.replace(guarded.token, powerless) });
    const line = await daemon.until('Waiting for Consul');
    expect(line).toMatch(/403 .*the token needs agent read/);
    await daemon.reload(config);
    await daemon.until('Obtained leadership');
    expect(daemon.stdout).not.toContain(powerless);
    expect(daemon.stdout).not.toContain(guarded.token);
  });

  test('do the rest is told which permission it lacks, once, and all is well when it has it', async () => {
    await using guarded = await startConsul({ aclEnabled: true });
    const rules: Readonly<Record<string, [string, RegExp]>> = {
      service: ['service_prefix "" { policy = "write" }', /registering: 403 .*service:write/],
      session: ['session_prefix "" { policy = "write" }', /creating a session: 403 .*the token needs session write/],
      node: ['node_prefix "" { policy = "write" }', /it needs node read/],
      key: ['key_prefix "" { policy = "write" }', /watching key\/.*: 403 .*the token needs read on key/],
    };
    await Promise.all(
      Object.entries(rules).map(async ([lacking, [, complaint]]) => {
        const others = Object.values(rules).filter(([rule]) => !rule.startsWith(lacking));
        const few = ['agent_prefix "" { policy = "read" }', ...others.map(([rule]) => rule)].join('\n');
        const policy = await guarded.put('/acl/policy', { Name: lacking, Rules: few });
        const { ID } = policy as { readonly ID: string }; // safe: what /v1/acl/policy answers
        const token = await guarded.put('/acl/token', { Policies: [{ ID }] });
        const { SecretID } = token as { readonly SecretID: string }; // safe: what /v1/acl/token answers
        await using daemon = await createFleet({ ...guarded, token: SecretID }, lacking).start();
        await daemon.until(complaint);
        await guarded.put(`/acl/policy/${ID}`, { Name: lacking, Rules: `${few}\n${rules[lacking]![0]}` });
        await daemon.until('Obtained leadership', 30_000);
        expect(daemon.lines(complaint)).toHaveLength(1);
      }),
    );
  });
});
