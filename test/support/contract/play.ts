/** Plays a story against a server and writes down what it answered. */
import { errors, request, type Dispatcher } from 'undici';
import { eventually } from '../eventually.ts';
import { at, filled, normalised } from './normalised.ts';
import type { Ask, Step, Story } from './story.ts';

/** What a server answered to one request. Indexes, ids and ports are told by rule; see {@link normalised}. */
export interface Scene {
  readonly line: string;
  readonly status: number;
  readonly contentType: string;
  /** Of the headers `X-Consul-*` all but the index. */
  readonly headers: Readonly<Record<string, string>>;
  readonly index: number | undefined;
  readonly body: unknown;
  readonly note?: string;
}

const UNTIL_MS = 150_000;

/** A timer may fire a little before its time, by another clock. */
const EARLY_MS = 5;

/** Resolves to the whole story as this server told it. */
export async function play(url: string, { steps }: Story, dispatcher: Dispatcher): Promise<readonly Scene[]> {
  const kept = new Map<string, unknown>();
  const held = new Map<string, Promise<Scene>>();
  const scenes: Scene[] = [];
  for (const step of steps) {
    const scene = await perform(step);
    if (scene !== undefined) scenes.push(scene);
  }
  return normalised(scenes);

  async function perform(step: Step): Promise<Scene | undefined> {
    switch (step.type) {
      case 'ask':
        return send(step);
      case 'hold':
        held.set(step.name, timed(step.ask));
        await arrival();
        return undefined;
      case 'answer':
        return held.get(step.name);
      case 'until':
        return wait(step);
    }
  }

  /** A query that was held for its whole wait is told from one that something ended. */
  async function timed(ask: Ask): Promise<Scene> {
    const begin = performance.now();
    const scene = await send(ask);
    const waitMs = 1000 * Number(/wait=(\d+)s/.exec(ask.line)?.[1] ?? 0) - EARLY_MS;
    return { ...scene, note: performance.now() - begin < waitMs ? 'ended' : 'held' };
  }

  async function wait({ ask, path, value, took }: Extract<Step, { type: 'until' }>): Promise<Scene> {
    const begin = performance.now();
    const what = `${path} = ${String(value)} in ${ask.line}`;
    const scene = await eventually(
      what,
      async () => {
        const seen = await send(ask);
        return at(seen, path) === value ? seen : undefined;
      },
      { deadlineMs: UNTIL_MS, everyMs: 25 },
    );
    const ms = performance.now() - begin;
    if (took === undefined || (ms >= took.leastMs && ms <= took.mostMs)) return scene;
    return { ...scene, note: `after ${ms} ms` };
  }

  async function send({ line, body, keep, only }: Ask): Promise<Scene> {
    const [method = '', path = ''] = filled(line, kept).split(' ');
    const sent = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(filledDeep(body));
    // safe: undici takes any method name, its type lists the usual ones
    const from = await request(`${url}/v1${path}`, { method: method as 'GET', body: sent, dispatcher }).catch(closed);
    if (from === undefined) return CLOSED;
    const told = sceneOf(line, from, await from.body.text());
    for (const [name, place] of Object.entries(keep)) kept.set(name, at(told, place));
    return only === undefined
      ? told
      : { ...told, body: Object.fromEntries(only.map((part) => [part, at(told, part)])) };
  }

  function filledDeep(value: unknown): unknown {
    if (typeof value === 'string') return /^\{\w+\}$/.test(value) ? kept.get(value.slice(1, -1)) : filled(value, kept);
    if (Array.isArray(value)) return value.map(filledDeep);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, filledDeep(part)]));
  }

  /** A server has read a request that was written before these were answered one after the other. */
  async function arrival(): Promise<void> {
    for (let turn = 0; turn < 10; turn += 1) {
      const { body } = await request(`${url}/v1/kv/arrival?consistent`, { dispatcher });
      await body.dump();
    }
  }
}

/** The server closed the connection without an answer. */
const CLOSED: Scene = { line: 'closed', status: 0, contentType: '', headers: {}, index: undefined, body: undefined };

function closed(error: unknown): undefined {
  if (error instanceof errors.SocketError) return undefined;
  throw error;
}

function sceneOf(line: string, { statusCode, headers }: Dispatcher.ResponseData, text: string): Scene {
  const index = headers['x-consul-index'];
  const told = Object.entries(headers).filter(([name]) => name.startsWith('x-consul-') && name !== 'x-consul-index');
  return {
    line,
    status: statusCode,
    contentType: String(headers['content-type'] ?? ''),
    headers: Object.fromEntries(told.map(([name, value]) => [name, String(value)])),
    index: index === undefined ? undefined : Number(index),
    body: parse(text),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replaceAll(/"Flags":\s*(\d+)/g, '"Flags":"$1"')) as unknown; // safe: JSON.parse gives `any`
  } catch {
    return text;
  }
}
