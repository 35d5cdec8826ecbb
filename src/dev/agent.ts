/** The demo's Consul: an agent in dev mode, in memory, on 127.0.0.1. */
import { setTimeout as pause } from 'node:timers/promises';
import { startChild } from './child.ts';
import { findConsul } from './consul-binary.ts';
import { freePort } from './port.ts';

export interface Agent extends AsyncDisposable {
  /** `http://127.0.0.1:8500`, or another port when that one is taken. */
  readonly url: string;
  /** Resolves, when the agent ends, to how it ended. */
  readonly ended: Promise<string>;
}

const READY_MS = 20_000;
const LOOK_EVERY_MS = 50;
const KEPT_LOG = 2_000;

/** Starts an agent and waits until it has a leader. Rejects with the tail of its log. */
export async function startAgent(signal: AbortSignal): Promise<Agent> {
  const program = await findConsul();
  const http = await freePort(8500);
  const url = `http://127.0.0.1:${http}`;
  const child = startChild(program, await flags(http), { stdio: ['ignore', 'pipe', 'pipe'], patienceMs: 5_000 });
  let log = '';
  for (const stream of [child.process.stdout, child.process.stderr])
    stream?.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-KEPT_LOG)));
  const giveUp = new AbortController();
  const abort = (): void => {
    giveUp.abort();
  };
  const timer = setTimeout(abort, READY_MS);
  signal.addEventListener('abort', abort);
  void child.ended.then(abort);
  const isReady = await waitForLeader(url, giveUp.signal);
  clearTimeout(timer);
  if (isReady) return { url, ended: child.ended, [Symbol.asyncDispose]: child[Symbol.asyncDispose] };
  await child[Symbol.asyncDispose]();
  signal.throwIfAborted();
  throw new Error(`Consul (${program}) did not come up: ${await child.ended}\n${log}`);
}

async function flags(http: number): Promise<string[]> {
  const ports = {
    http,
    server: await freePort(),
    'serf-lan': await freePort(),
    'serf-wan': await freePort(),
    dns: -1,
    grpc: -1,
  };
  const portFlags = Object.entries(ports).map(([name, port]) => `-${name}-port=${port}`);
  return ['agent', '-dev', '-node=demo', '-bind=127.0.0.1', '-client=127.0.0.1', '-log-level=err', ...portFlags];
}

/** Sessions need the agent's own serfHealth, which reaches the catalog a little after the leader is there. */
async function waitForLeader(url: string, giveUp: AbortSignal): Promise<boolean> {
  while (!giveUp.aborted) {
    const answer = await fetch(`${url}/v1/health/node/demo`, { signal: giveUp }).catch(() => undefined);
    if (answer?.ok === true && (await answer.text()).includes('serfHealth')) return true;
    await pause(LOOK_EVERY_MS);
  }
  return false;
}
