/** `npm run demo`: a Consul agent, two example targets, an external node, and the daemon in front. Ctrl-C stops it all. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Agent, startAgent } from './agent.ts';
import { type Child, startChild } from './child.ts';
import { choosePingType } from './ping-type.ts';
import { registerSeed, restoreSeed, type Seed } from './seed.ts';
import { startTargets, type Targets } from './targets.ts';

const DAEMON = fileURLToPath(new URL('../main.js', import.meta.url));

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const introduction = (agent: Agent, { port, controlUrl }: Targets, configFile: string): string => `
Consul          ${agent.url}/ui  (API: ${agent.url}/v1/health/node/foo)
Example node    foo, with checks on http://localhost:${port}/health and localhost:${port}
Configuration   ${configFile}

Make the HTTP target fail    curl -X PUT ${controlUrl}/fail
Make both targets vanish     curl -X PUT ${controlUrl}/kill   (30 s later the service is removed)
Bring all of it back         curl -X PUT ${controlUrl}/heal
Stop                         Ctrl-C
`;

/** Writes the daemon's configuration file; resolves to its path. */
async function configure(folder: string, consulUrl: string, pingType: string): Promise<string> {
  const file = join(folder, 'demo.hcl');
  await writeFile(file, `http_addr = "${consulUrl}"\nping_type = "${pingType}"\n`);
  return file;
}

async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'consul-esm-demo-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

const startDaemon = (configFile: string): Child =>
  startChild(process.execPath, [DAEMON, `-config-file=${configFile}`], {
    stdio: ['ignore', 'inherit', 'inherit'],
    patienceMs: 10_000,
  });

/** Runs until `signal` is aborted. Rejects when a part does not start or ends by itself. All is stopped when it settles. */
async function demo(signal: AbortSignal): Promise<void> {
  say('Looking for a Consul program (the first time it may have to be fetched) ...');
  await using folder = await temporaryFolder();
  await using agent = await startAgent(signal);
  const pingType = await choosePingType();
  if (pingType === 'tcp') say('This machine allows no ICMP here: the demo pings by TCP (ping_type = "tcp").');
  await using targets = await startTargets((state) => {
    say(`Both targets are ${state}.`);
    if (state === 'well')
      void restoreSeed(agent.url, seed).catch((error: unknown) => {
        say(String(error));
      });
  });
  const { port } = targets;
  // a TCP ping goes to the node's first service, which the daemon removes when both targets are dead for long
  const seed: Seed = pingType === 'tcp' ? { port, meta: { 'external-probe-port': String(port) } } : { port };
  await registerSeed(agent.url, seed);
  const configFile = await configure(folder.path, agent.url, pingType);
  say(introduction(agent, targets, configFile));
  if (signal.aborted) return;
  await using daemon = startDaemon(configFile);
  const early = await Promise.race([
    once(signal, 'abort').then(() => undefined),
    daemon.ended.then((how) => `The daemon has stopped: ${how}`),
    agent.ended.then((how) => `Consul has stopped: ${how}`),
  ]);
  if (early !== undefined) throw new Error(early);
}

const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () => {
    stopping.abort();
  });

try {
  await demo(stopping.signal);
} catch (error) {
  if (!stopping.signal.aborted) {
    process.stderr.write(`The demo cannot go on. ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
