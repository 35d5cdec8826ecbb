/** A real Consul agent of a test's own, on free ports of 127.0.0.1. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { agentConfig, type ConsulPorts, type ConsulTls } from './consul-config.ts';
import { ConsulProcess } from './consul-process.ts';
import { eventually } from './eventually.ts';
import { freePorts } from './ports.ts';

export interface TestConsulOptions {
  /** Keep the catalog here over restarts. Without it the agent forgets all when it ends. */
  readonly dataDir?: string;
  /** Deny by default; `token` of the agent is then the one that may do everything. */
  readonly aclEnabled?: boolean;
  readonly ports?: ConsulPorts;
  /** Serve HTTPS with this certificate instead of HTTP. */
  readonly tls?: ConsulTls;
  readonly nodeName?: string;
  /** Where it listens; `127.0.0.1` unless told. */
  readonly address?: string;
  /** A program with its arguments that becomes the agent by `exec`. */
  readonly runBy?: readonly string[];
  /** How long it may take until it has a leader; 15 s unless told. */
  readonly readyMs?: number;
  /** How long the test waits for an answer of it; for good unless told. */
  readonly answerMs?: number;
  /** More of the agent's configuration, laid over what stands here. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** A request's answer: the status, and the body parsed when it is JSON, as text when not. */
export interface ConsulAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface TestConsul extends AsyncDisposable {
  /** `http://<address>:<port>`, or https. */
  readonly url: string;
  readonly port: number;
  readonly nodeName: string;
  /** The token that may do everything, with `aclEnabled`; else empty. */
  readonly token: string;
  /** PUTs `body` as JSON (a string as it is) to `/v1<path>`; rejects on a status other than 200. */
  put(path: string, body?: unknown): Promise<unknown>;
  /** GETs `/v1<path>`; rejects on a status other than 200. */
  get(path: string): Promise<unknown>;
  delete(path: string): Promise<unknown>;
  /** Any request with any token; resolves whatever the status is. */
  ask(method: string, path: string, body?: unknown, token?: string): Promise<ConsulAnswer>;
  /** Ends the agent and starts it on the same ports; resolves when it has a leader. */
  restart(): Promise<void>;
  /** Starts an agent that was killed; resolves when it has a leader. */
  start(): Promise<void>;
  /** Sends a signal; after SIGTERM, SIGINT and SIGKILL resolves when the agent has ended. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Ends the agent and removes its folder. */
  stop(): Promise<void>;
}

const TOKEN = '6c6c6c6c-0000-4000-8000-000000000001';
const READY_MS = 15_000;

/** Starts an agent and waits until it has a leader and stands in its own catalog. Rejects with the tail of its log. */
export async function startConsul(options: TestConsulOptions = {}): Promise<TestConsul> {
  const { nodeName = 'agent', readyMs = READY_MS } = options;
  const folder = await mkdtemp(join(tmpdir(), 'consul-esm-test-'));
  const ports = options.ports ?? (await choosePorts());
  const token = options.aclEnabled === true ? TOKEN : '';
  const file = join(folder, 'agent.json');
  await writeFile(file, JSON.stringify(agentConfig({ ...options, nodeName, ports, token })));
  const agent = new ConsulProcess(file, options.dataDir, folder, options.runBy);
  const scheme = options.tls === undefined ? 'http' : 'https';
  const url = `${scheme}://${options.address ?? '127.0.0.1'}:${ports.http}`;
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false, ...options.tls?.client } });

  const ask: TestConsul['ask'] = async (method, path, body, by = token) => {
    const sent = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body);
    const headers = by === '' ? {} : { 'x-consul-token': by };
    // safe: undici takes any method name, its type lists the usual ones
    const answer = await request(`${url}/v1${path}`, {
      method: method as 'GET',
      body: sent,
      headers,
      dispatcher,
      signal: within(options.answerMs),
    });
    return { status: answer.statusCode, body: parse(await answer.body.text()) };
  };
  const must = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await ask(method, path, body);
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const start = async (): Promise<void> => {
    await agent.start();
    try {
      await eventually('a Consul agent with a leader', () => isReady(ask, nodeName, agent), { deadlineMs: readyMs });
      if (agent.hasEnded) throw new Error('it ended by itself');
    } catch (cause) {
      await agent.kill('SIGKILL');
      throw new Error(`Consul did not come up:\n${agent.logTail}`, { cause });
    }
  };
  const stop = async (): Promise<void> => {
    await agent.kill('SIGKILL');
    await dispatcher.destroy();
    await rm(folder, { recursive: true, force: true });
  };

  await start();
  return {
    url,
    port: ports.http,
    nodeName,
    token,
    ask,
    start,
    stop,
    put: (path, body) => must('PUT', path, body),
    get: (path) => must('GET', path),
    delete: (path) => must('DELETE', path),
    kill: (signal) => agent.kill(signal),
    async restart() {
      await agent.kill('SIGTERM');
      await start();
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** Sessions need the agent's own serfHealth, which reaches the catalog a little after the leader is there. */
async function isReady(ask: TestConsul['ask'], nodeName: string, agent: ConsulProcess): Promise<boolean> {
  if (agent.hasEnded) return true;
  const { status, body } = await ask('GET', `/health/node/${nodeName}?consistent`);
  return status === 200 && JSON.stringify(body).includes('serfHealth');
}

const within = (answerMs: number | undefined): AbortSignal | null =>
  answerMs === undefined ? null : AbortSignal.timeout(answerMs);

async function choosePorts(): Promise<ConsulPorts> {
  const [http = 0, server = 0, serfLan = 0, serfWan = 0] = await freePorts(4);
  return { http, server, serfLan, serfWan };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown; // safe: JSON.parse gives `any`
  } catch {
    return text;
  }
}
