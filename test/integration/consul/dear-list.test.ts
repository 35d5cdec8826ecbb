/** A list of checks that is dear, so that Consul is asked beside it for what must not wait. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ExternalNode } from '../../../machines/model.ts';
import type { Clock } from '../../../src/clock.ts';
import { createCatalog } from '../../../src/consul/catalog.ts';
import type { ConsulClient } from '../../../src/consul/client.ts';
import type { CheckNews } from '../../../src/consul/consul.ts';
import { createKeys } from '../../../src/consul/keys.ts';
import { createRecords } from '../../../src/consul/records.ts';
import { register } from '../../support/catalog.ts';
import { startConsul, type TestConsul } from '../../support/consul.ts';
import { connect, follow } from '../../support/consul-client.ts';
import { eventually } from '../../support/eventually.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const keys = createKeys({ kvPath: 'consul-esm/', leaderKey: 'consul-esm/lock' });
const meta = { 'external-node': 'true' };
const check = (id: string, Status = 'passing') => ({ CheckID: id, Name: id, Status });

let consul: TestConsul;
let client: ConsulClient;
/** Lets go of the questions for the list that were held. */
let release: () => void;
let listed: string[];
/** Filters of the questions beside it that were answered, in order. */
let filters: string[];

beforeEach(async () => {
  consul = await startConsul();
  client = await connect(consul);
  listed = [];
  filters = [];
  await register(consul, { node: 'a', meta, checks: [check('a1')] });
});
afterEach(async () => {
  await client.close();
  await consul.stop();
});

/** The list is answered once; the next answer is on its way until `release`. */
const followed = (dearBytes: number, crowd?: { readonly clock: Clock }) => {
  const held = new Promise<void>((resolve) => (release = resolve));
  const slow: ConsulClient = {
    ...client,
    ...crowd,
    async ask(call, signal) {
      const answer = await client.ask(call, signal);
      for (const [name, value] of call.query ?? []) if (name === 'filter') filters.push(value);
      const isList = call.path === '/v1/health/state/any' && !call.query?.some(([name]) => name === 'filter');
      if (isList && listed.push(call.path) > 1) await held;
      return answer;
    },
  };
  const records = createRecords();
  const options = {
    client: slow,
    records,
    keys,
    serviceId: 'one',
    nodeMeta: () => meta,
    isStaleAllowed: false,
    isCrowded: () => crowd !== undefined,
    dearBytes,
  };
  const catalog = createCatalog(options);
  const nodes = follow<readonly ExternalNode[]>((observer) => catalog.watchNodes(observer));
  const checks = follow<CheckNews>((observer) => catalog.watchChecks(observer));
  const told = (): readonly string[] =>
    checks.answers.flatMap(({ changed, gone }) => [
      ...changed.map(({ id, status }) => `${id.checkId} ${status}`),
      ...gone.map((key) => `${key.split('\0').at(-1) ?? ''} gone`),
    ]);
  return { nodes, checks, told, records };
};

it('tells a check that is not passing or bears no output, and those of a new node, while the list is on its way', async () => {
  const { nodes, checks, told } = followed(0);
  using _ = nodes;
  using __ = checks;
  await eventually('the first list', () => told().length === 1);
  await register(consul, { node: 'a', checks: [check('a2', 'critical')] });
  await eventually('the critical check', () => told().includes('a2 critical'));
  await register(consul, { node: 'b', meta, checks: [check('b1')] });
  await eventually('the check of the new node', () => told().includes('b1 passing'));
  await register(consul, { node: 'a', checks: [{ ...check('a3'), Output: 'ok' }] });
  await register(consul, { node: 'a', checks: [{ ...check('a2'), Output: 'ok' }] });
  await register(consul, { node: 'a', checks: [check('a4')] });
  await eventually('the passing check without output', () => told().includes('a4 passing'));
  expect(told()).toEqual(['a1 passing', 'a2 critical', 'b1 passing', 'a4 passing']);
  release();
  await eventually('the rest', () => told().includes('a3 passing') && told().includes('a2 passing'));
  expect(checks.troubles).toEqual([]);
});

it('asks for none without output where a thousand bear none', async () => {
  const many = Array.from({ length: 1_000 }, (_, index) => check(`m${index}`));
  await register(consul, { node: 'many', meta, checks: many });
  const { nodes, checks, told } = followed(0);
  using _ = nodes;
  using __ = checks;
  await eventually('the first list', () => told().length === 1_001);
  await register(consul, { node: 'a', checks: [check('a2')] });
  await register(consul, { node: 'a', checks: [check('a3', 'critical')] });
  await eventually('the critical check', () => told().includes('a3 critical'));
  expect(told()).not.toContain('a2 passing');
  release();
  await eventually('the rest', () => told().includes('a2 passing'));
  expect(filters.filter((filter) => filter.includes('Output'))).toEqual([]);
  await register(consul, { node: 'many', checks: many.slice(0, 2).map((each) => ({ ...each, Output: 'ok' })) });
  await register(consul, { node: 'a', checks: [{ ...check('a3'), Output: 'ok' }] });
  await eventually('a question for those without output', () =>
    filters.includes('Status != "passing" or Output == ""'),
  );
});

it('takes back what a later list does not hold any more, and nothing that an older one does not hold yet', async () => {
  const { nodes, checks, told, records } = followed(0);
  using _ = nodes;
  using __ = checks;
  await eventually('the first list', () => told().length === 1);
  await register(consul, { node: 'inner', checks: [], meta: {} });
  await register(consul, { node: 'a', checks: [check('a2', 'critical')] });
  await eventually('a list on its way that may be older', () => listed.length === 2);
  await register(consul, { node: 'a', checks: [check('a3', 'critical')] });
  await eventually('both', () => told().includes('a3 critical'));
  release();
  await register(consul, { node: 'a', checks: [{ ...check('a4'), Output: 'ok' }] });
  await eventually('a later list', () => told().includes('a4 passing'));
  expect(told().filter((each) => each.endsWith('gone'))).toEqual([]);
  await consul.put('/catalog/deregister', { Node: 'a', CheckID: 'a3' });
  await eventually('its end', () => told().includes('a3 gone'));
  expect(records.get(checks.answers.at(-1)!.gone[0]!)).toBeUndefined();
});

it('asks beside a list that a crowd of own writes changes half as often as for the list', async () => {
  const clock = createVirtualClock();
  const { nodes, checks, told } = followed(0, { clock });
  using _ = nodes;
  using __ = checks;
  release();
  await eventually('the first of both', () => told().length === 1 && filters.length === 1);
  for (const id of ['a2', 'a3']) await register(consul, { node: 'a', checks: [check(id, 'critical')] });
  await clock.advance(2_000);
  await eventually('what the list tells', () => told().includes('a3 critical'));
  await register(consul, { node: 'a', checks: [check('a4', 'critical')] });
  await clock.advance(1_999);
  expect([listed.length, filters.length]).toEqual([2, 1]);
  await clock.advance(1);
  await eventually('the next of both', () => listed.length === 3 && filters.length === 2);
});

it('asks nothing beside a list that is cheap', async () => {
  const { nodes, checks, told } = followed(1_000_000);
  using _ = nodes;
  using __ = checks;
  await eventually('the first list', () => told().length === 1);
  await register(consul, { node: 'a', checks: [check('a2', 'critical')] });
  await register(consul, { node: 'b', meta, checks: [check('b1')] });
  await nodes.until('the new node', (list) => list.length === 2);
  expect(told()).toEqual(['a1 passing']);
  release();
  await eventually('all', () => told().includes('a2 critical') && told().includes('b1 passing'));
});

it('tells what an answer holds whose index is that of the one before: an edit of the meta of a node moves none', async () => {
  await register(consul, { node: 'late', meta: {}, checks: [check('l1')] });
  const indexes: (number | undefined)[] = [];
  const endOfWait = new Promise<void>((resolve) => (release = resolve));
  const patient: ConsulClient = {
    ...client,
    async ask(call, signal) {
      if (call.path !== '/v1/health/state/any') return await client.ask(call, signal);
      if (indexes.length === 1) await endOfWait; // and answered as at the end of its wait: with whatever there is
      const isAtEnd = indexes.length === 1;
      const query = isAtEnd ? call.query!.filter(([name]) => name === 'node-meta') : call.query!;
      const answer = await client.ask({ ...call, query }, signal);
      indexes.push(answer.index);
      return answer;
    },
  };
  const catalog = createCatalog({
    ...{ client: patient, records: createRecords(), keys, serviceId: 'one' },
    nodeMeta: () => meta,
    isStaleAllowed: false,
  });
  using checks = follow<CheckNews>((observer) => catalog.watchChecks(observer));
  await checks.until('the list', ({ changed }) => changed.length === 1);
  await register(consul, { node: 'late', meta, checks: [] });
  release();
  await checks.until('the check of the node', ({ changed }) => changed.some(({ id }) => id.checkId === 'l1'));
  expect(indexes[1]).toBe(indexes[0]);
});
