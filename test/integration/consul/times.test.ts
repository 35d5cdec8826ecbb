import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkKey, type CheckId } from '../../../machines/model.ts';
import type { ConsulClient } from '../../../src/consul/client.ts';
import { createCoordinateStore } from '../../../src/consul/coordinate.ts';
import { readFailureTimes } from '../../../src/consul/failure-times.ts';
import { encodeGoTime } from '../../../src/consul/go-time.ts';
import { createKeys } from '../../../src/consul/keys.ts';
import { parseCheck, parseNode } from '../../../src/consul/parse.ts';
import { createRecords } from '../../../src/consul/records.ts';
import { sendTransaction } from '../../../src/consul/transaction.ts';
import { originCoordinate } from '../../../src/coordinates.ts';
import { startConsul, type TestConsul } from '../../support/consul.ts';
import { connect, forever } from '../../support/consul-client.ts';
import { eventually } from '../../support/eventually.ts';

const keys = createKeys({ kvPath: 'consul-esm/', leaderKey: 'consul-esm/lock' });
const records = createRecords();
let consul: TestConsul;
let client: ConsulClient;

beforeAll(async () => {
  consul = await startConsul();
  client = await connect(consul);
});
afterAll(async () => {
  await client.close();
  await consul.stop();
});

const put = (Key: string, bytes: Buffer) =>
  sendTransaction(client, [{ KV: { Verb: 'set', Key, Value: bytes.toString('base64') } }], forever);
const read = (nodes: string[], checks: CheckId[] = []) =>
  readFailureTimes({ client, keys, records }, nodes, checks, forever);
const idOf = (node: string): CheckId => ({ partition: '', namespace: '', node, serviceId: 'web/1', checkId: 'c' });

describe('failure times', () => {
  it.each([
    ['a few, one by one', ['a', 'a b', 'x//y', 'nobody']],
    ['many, by the folder', ['a', 'a b', 'x//y', 'nobody', ...Array.from({ length: 200 }, (_, place) => `n${place}`)]],
  ])('are read: %s', async (_, nodes) => {
    for (const [place, node] of ['a', 'a b', 'x//y', 'aa'].entries())
      await put(keys.probe(node), encodeGoTime(1_000 * place));
    await put(keys.criticalCheck(idOf('a')), encodeGoTime(77));
    const times = await read(nodes, [idOf('a'), idOf('nobody')]);
    expect([...times.nodes].map(([node, { sinceMs }]) => [node, sinceMs])).toEqual([
      ['a', 0],
      ['a b', 1_000],
      ['x//y', 2_000],
    ]);
    expect([...times.checks]).toMatchObject([[checkKey(idOf('a')), { sinceMs: 77 }]]);
  });

  it('leave the index of a write alone that is answered while they are read', async () => {
    await put(keys.probe('raced'), encodeGoTime(5));
    const reading = read(['raced']);
    records.learnKv(keys.probe('raced'), 1_000_000);
    await reading;
    expect(records.kvIndex(keys.probe('raced'))).toBe(1_000_000);
  });

  it('that are no times, or older than what they speak of, are left out', async () => {
    await put(keys.probe('garbage'), Buffer.from('yesterday'));
    await put(keys.probe('reborn'), encodeGoTime(5));
    await put(keys.criticalCheck(idOf('reborn')), encodeGoTime(5));
    await consul.put('/catalog/register', {
      Node: 'reborn',
      Address: 'h',
      Service: { ID: 'web/1', Service: 'web' },
      Check: { Node: 'reborn', CheckID: 'c', ServiceID: 'web/1', Status: 'critical' },
    });
    const node = (await consul.get('/catalog/node/reborn')) as { Node: unknown };
    records.learnNode(parseNode(node.Node)!);
    records.learn(parseCheck(((await consul.get('/health/node/reborn')) as unknown[])[0])!);
    const times = await read(['garbage', 'reborn'], [idOf('reborn')]);
    expect([times.nodes.size, times.checks.size]).toEqual([0, 0]);
    await put(keys.probe('reborn'), encodeGoTime(6));
    expect((await read(['reborn'])).nodes.get('reborn')).toMatchObject({ sinceMs: 6 });
  });
});

describe('coordinates', () => {
  const store = () => createCoordinateStore(client);

  it('of the agent are there, those of a new node are not', async () => {
    expect(await store().readLocal(forever)).toEqual(originCoordinate);
    await consul.put('/catalog/register', { Node: 'far/away', Address: 'h' });
    expect(await store().read('far/away', '', forever)).toBeUndefined();
  });

  it('are read back once the servers have gathered them', async () => {
    await consul.put('/catalog/register', { Node: 'far/away', Address: 'h' });
    const coordinate = { ...originCoordinate, vec: [0.01, 0, 0, 0, 0, 0, 0, 0], error: 0.5 };
    await store().write('far/away', '', coordinate, forever);
    const stored = await eventually('the coordinate', () => store().read('far/away', '', forever), {
      deadlineMs: 20_000,
    });
    expect(stored).toEqual(coordinate);
    expect(await store().read('far/away', 'other-segment', forever)).toBeUndefined();
  });
});
