/** What `/v1/catalog/register` makes anew, between the two reads around it, is taken out again. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkKey, type CheckRecord } from '../../../machines/model.ts';
import type { ConsulClient } from '../../../src/consul/client.ts';
import { readRegistered, register, type Registered } from '../../../src/consul/register-path.ts';
import { parseCheck } from '../../../src/consul/parse.ts';
import { startConsul, type TestConsul } from '../../support/consul.ts';
import { connect, forever } from '../../support/consul-client.ts';

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

const entry = (node: string, check: object = {}) => ({
  Node: node,
  Address: '10.0.0.1',
  NodeMeta: { 'external-node': 'true' },
  Service: { ID: 'web', Service: 'web' },
  Check: { Node: node, CheckID: 'c', ServiceID: 'web', Status: 'critical', Definition: { GRPC: 'h:1' }, ...check },
});

async function seed(node: string): Promise<{ wish: CheckRecord; before: Registered }> {
  await consul.put('/catalog/register', entry(node));
  const stored = (await consul.get(`/health/node/${node}?consistent`)) as unknown[];
  const record = parseCheck(stored[0])!;
  return { wish: { ...record, status: 'passing' }, before: (await readRegistered(client, record, forever))! };
}

const checksOf = async (node: string) => (await consul.get(`/health/node/${node}?consistent`)) as unknown[];

it('resolves to the check as it is afterwards', async () => {
  const { wish, before } = await seed('still-there');
  expect(await register(client, wish, before, forever)).toMatchObject({
    status: 'passing',
    definition: { GRPC: 'h:1' },
  });
});

it('takes a node out again that was removed meanwhile', async () => {
  const { wish, before } = await seed('removed');
  await consul.put('/catalog/deregister', { Node: 'removed' });
  // A check of a service cannot come back without its service, one of the node can, and brings the node with it.
  expect(await register(client, wish, before, forever)).toEqual({ reason: 'gone' });
  const id = { ...wish.id, serviceId: '' };
  const bare = { ...wish, id, key: checkKey(id) };
  expect(await register(client, bare, before, forever)).toEqual({ reason: 'gone' });
  expect(await consul.get('/catalog/node/removed')).toBeNull();
});

it('takes a check out again that was removed meanwhile, and leaves its node and service', async () => {
  const { wish, before } = await seed('check-removed');
  await consul.put('/catalog/deregister', { Node: 'check-removed', CheckID: 'c' });
  expect(await register(client, wish, before, forever)).toEqual({ reason: 'gone' });
  expect(await checksOf('check-removed')).toEqual([]);
  expect(await consul.get('/catalog/node/check-removed')).toMatchObject({ Services: { web: { ID: 'web' } } });
});

it('leaves a node alone that somebody registered anew meanwhile', async () => {
  const { wish, before } = await seed('renewed');
  await consul.put('/catalog/deregister', { Node: 'renewed' });
  await consul.put('/catalog/register', entry('renewed', { Notes: 'the new one' }));
  expect(await register(client, wish, before, forever)).toEqual({ reason: 'gone' });
  expect(await consul.get('/catalog/node/renewed')).toMatchObject({ Node: { Meta: { 'external-node': 'true' } } });
  expect(await checksOf('renewed')).toHaveLength(1);
});
