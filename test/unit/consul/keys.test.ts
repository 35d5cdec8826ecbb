import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createKeys } from '../../../src/consul/keys.ts';

const keys = createKeys({ kvPath: 'consul-esm/', leaderKey: 'consul-esm/lock' });
const id = (node: string, serviceId: string, checkId: string, namespace = '', partition = '') => ({
  node,
  serviceId,
  checkId,
  namespace,
  partition,
});

it('keeps the lock of Go instances beside its own', () => {
  expect(createKeys({ kvPath: 'fleet/', leaderKey: 'my/lock' })).toMatchObject({
    leader: 'my/lock',
    goLeader: 'fleet/leader',
  });
});

it('names agents and probes as Go instances do, slashes and all', () => {
  expect(keys.agent('consul-esm:1')).toBe('consul-esm/agents/consul-esm:1');
  expect(keys.probe('a/b')).toBe('consul-esm/probes/a/b');
});

it('names the clock of a critical check', () => {
  expect(keys.criticalCheck(id('foo', 'web1', 'service:web1'))).toBe('consul-esm/critical/foo/web1/service:web1');
  expect(keys.criticalCheck(id('a/b', 'c%', 'd'))).toBe('consul-esm/critical/a%2Fb/c%25/d');
  expect(keys.criticalCheck(id('n', 's', 'c', 'default', 'default'))).toBe('consul-esm/critical/n/s/c');
  expect(keys.criticalCheck(id('n', 's', 'c', 'team', ''))).toBe('consul-esm/critical/n/s/c/team/');
});

it('gives no two checks one clock, and each the folder of its service', () => {
  const name = fc.string({ unit: fc.constantFrom('a', '/', '%', '2', 'F'), minLength: 1, maxLength: 4 });
  const ids = fc.tuple(name, name, name);
  fc.assert(
    fc.property(ids, ids, (one, other) => {
      const [a, b] = [keys.criticalCheck(id(...one)), keys.criticalCheck(id(...other))];
      expect(a === b).toBe(one.join('\0') === other.join('\0'));
      expect(a.startsWith(keys.criticalService(id(...one)))).toBe(true);
    }),
  );
});
