/** What the embedded Consul promises to who calls it directly: time by the clock alone, answers in order, nothing left over. */
import { describe, expect, test } from 'vitest';
import { createEmbeddedConsul, type EmbeddedConsul } from '../../../src/dev/embedded/embedded.ts';
import type { EmbeddedReply, EmbeddedRequest } from '../../../src/dev/embedded/request.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const start = () => {
  const clock = createVirtualClock(1_000_000);
  let ids = 0;
  const newId = (): string => `00000000-0000-0000-0000-${String((ids += 1)).padStart(12, '0')}`;
  return { clock, consul: createEmbeddedConsul({ clock, random: () => 0.5, newId }) };
};

/** Asks, and keeps what was answered so far. */
const asked = (consul: EmbeddedConsul, line: string, body?: EmbeddedRequest['body']) => {
  const [method = '', target = ''] = line.split(' ');
  const url = new URL(`/v1${target}`, 'http://consul');
  const replies: EmbeddedReply[] = [];
  const request = { method, path: url.pathname, query: [...url.searchParams], ...(body === undefined ? {} : { body }) };
  const cancel = consul.ask(request, (reply) => replies.push(reply));
  return { cancel, replies };
};

const reply = (consul: EmbeddedConsul, line: string, body?: EmbeddedRequest['body']): EmbeddedReply => {
  const [only] = asked(consul, line, body).replies;
  if (only === undefined) throw new Error(`no answer to ${line}`);
  return only;
};

const valueOf = ({ body }: EmbeddedReply): unknown => (body.type === 'json' ? body.value : body);

const value = (consul: EmbeddedConsul, line: string, body?: EmbeddedRequest['body']): unknown =>
  valueOf(reply(consul, line, body));

const sessionOf = (consul: EmbeddedConsul, body: object): string =>
  (value(consul, 'PUT /session/create', body) as { readonly ID: string }).ID; // safe: what the endpoint answers

describe('a blocking query', () => {
  test('ends when its wait and a part of a sixteenth are over, with what it had read', async () => {
    const { clock, consul } = start();
    value(consul, 'PUT /kv/a', '1');
    const { index } = reply(consul, 'GET /kv/a');
    const query = asked(consul, `GET /kv/a?index=${index ?? 0}&wait=32s`);
    await clock.advance(32_999);
    expect(query.replies).toEqual([]);
    await clock.advance(1);
    expect(query.replies.map((told) => told.index)).toEqual([index]);
  });

  test('is answered before the writer that ended it, and its asker may ask again at once', () => {
    const { consul } = start();
    const told: string[] = [];
    const request = (method: string, path: string): EmbeddedRequest => ({ method, path: `/v1${path}`, body: 'x' });
    consul.ask(
      {
        ...request('GET', '/kv/b/'),
        query: [
          ['recurse', ''],
          ['index', '1'],
        ],
      },
      () => {
        told.push('the query');
        consul.ask(request('PUT', '/kv/b/2'), () => told.push('what its asker wrote'));
      },
    );
    consul.ask(request('PUT', '/kv/b/1'), () => told.push('the writer'));
    expect(told).toEqual(['the query', 'the writer', 'what its asker wrote']);
  });

  test('that was cancelled is never answered', async () => {
    const { clock, consul } = start();
    const pending = clock.pending;
    const query = asked(consul, 'GET /kv/c?index=1&wait=10s');
    query.cancel();
    expect(clock.pending).toBe(pending);
    value(consul, 'PUT /kv/c', 'x');
    await clock.advance(20_000);
    expect(query.replies).toEqual([]);
  });
});

test('a session lapses after twice its TTL since it was last renewed', async () => {
  const { clock, consul } = start();
  const id = sessionOf(consul, { TTL: '10s' });
  await clock.advance(15_000);
  value(consul, `PUT /session/renew/${id}`);
  await clock.advance(19_999);
  expect(value(consul, `GET /session/info/${id}`)).toHaveLength(1);
  await clock.advance(1);
  expect(value(consul, `GET /session/info/${id}`)).toEqual([]);
});

test('a session that ends in a transaction that is undone goes on living, and lapses in its time', async () => {
  const { clock, consul } = start();
  const Checks = [{ Node: 'n', CheckID: 'c', Name: 'c', Status: 'passing' }];
  value(consul, 'PUT /catalog/register', { Node: 'n', Address: '1', Checks });
  const id = sessionOf(consul, { Node: 'n', NodeChecks: ['c'], TTL: '10s' });
  const failing = [{ Node: { Verb: 'delete', Node: { Node: 'n' } } }, { KV: { Verb: 'get', Key: 'absent' } }];
  expect(reply(consul, 'PUT /txn', failing).status).toBe(409);
  expect(value(consul, `GET /session/info/${id}`)).toHaveLength(1);
  await clock.advance(20_000);
  expect(value(consul, `GET /session/info/${id}`)).toEqual([]);
});

test('the agent puts back within two minutes what somebody took out of the catalog, its own node too', async () => {
  const { clock, consul } = start();
  value(consul, 'PUT /agent/service/register', { Name: 's', Check: { TTL: '1h', Status: 'passing' } });
  value(consul, 'PUT /catalog/deregister', { Node: 'agent' });
  expect(value(consul, 'GET /catalog/service/s')).toEqual([]);
  await clock.advance(120_000);
  expect(value(consul, 'GET /health/service/s?passing')).toHaveLength(1);
  expect(value(consul, 'GET /health/node/agent')).toHaveLength(2);
});

test('the agent takes out of the catalog what somebody put under its node', async () => {
  const { clock, consul } = start();
  const Check = { CheckID: 'c', Name: 'c' };
  value(consul, 'PUT /catalog/register', { Node: 'agent', SkipNodeUpdate: true, Service: { Service: 's' }, Check });
  await clock.advance(120_000);
  expect(value(consul, 'GET /catalog/service/s')).toEqual([]);
  expect(value(consul, 'GET /health/node/agent')).toHaveLength(1);
});

test('a change of output alone reaches the catalog within half to one and a half times five minutes', async () => {
  const { clock, consul } = start();
  const outputOf = (): unknown =>
    (value(consul, 'GET /health/checks/s') as readonly { readonly Output: string }[])[0]?.Output; // safe: what the endpoint answers
  value(consul, 'PUT /agent/service/register', { Name: 's', Check: { TTL: '1h', Status: 'passing' } });
  value(consul, 'PUT /agent/check/pass/service:s?note=new');
  await clock.advance(299_999);
  expect(outputOf()).toBe('');
  await clock.advance(1);
  expect(outputOf()).toBe('new');
});

test('bodies are taken as text, bytes or values, and flags keep their 64 bits in each', () => {
  const { consul } = start();
  const operation = (Flags: unknown) => [{ KV: { Verb: 'set', Key: 'a', Value: 'eA==', Flags } }];
  const digits = '3304740253564472344';
  const text = JSON.stringify(operation(0)).replace('"Flags":0', `"Flags":${digits}`);
  for (const body of [text, Buffer.from(text), operation(digits)]) {
    value(consul, 'DELETE /kv/a');
    value(consul, 'PUT /txn', body);
    expect(value(consul, 'GET /kv/a')).toMatchObject([{ Flags: digits, Value: 'eA==' }]);
  }
});

test('a stop leaves no timer, and answers nobody', async () => {
  const { clock, consul } = start();
  sessionOf(consul, { TTL: '10s' });
  value(consul, 'PUT /agent/service/register', { Name: 's', Check: { TTL: '5s', Status: 'passing' } });
  value(consul, 'PUT /agent/check/pass/service:s?note=late');
  const Coord = { Vec: [0, 0, 0, 0, 0, 0, 0, 0], Error: 1, Adjustment: 0, Height: 0 };
  value(consul, 'PUT /coordinate/update', { Node: 'agent', Coord });
  const query = asked(consul, 'GET /kv/c?index=1&wait=10s');
  consul.stop();
  expect(clock.pending).toBe(0);
  await clock.advance(600_000);
  expect(query.replies).toEqual([]);
});
