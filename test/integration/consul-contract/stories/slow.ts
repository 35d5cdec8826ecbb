/** What takes Consul its time. Each has servers of its own, so that they can wait side by side. */
import { ask, story, until } from '../../../support/contract/story.ts';

export const slow = [
  story(
    'a session that nobody renews lapses after one to two TTLs',
    ask('PUT /session/create', { TTL: '10s', LockDelay: '0s' }, { keep: { s: 'ID' } }),
    ask('PUT /kv/l?acquire={s}', 'x'),
    until('GET /session/info/{s}', '0', undefined, { leastMs: 10_000, mostMs: 30_000 }),
    ask('GET /kv/l'),
  ),
  story(
    'a TTL check that nobody passes is critical after its TTL, and takes the session with it',
    ask('PUT /agent/service/register', {
      ID: 's',
      Name: 's',
      Check: { CheckID: 's:ttl', TTL: '3s', Status: 'passing' },
    }),
    until('GET /health/service/s?passing', 'length', 1),
    ask(
      'PUT /session/create',
      { NodeChecks: ['serfHealth'], ServiceChecks: [{ ID: 's:ttl' }], LockDelay: '3s' },
      { keep: { s: 'ID' } },
    ),
    ask('PUT /session/create', { LockDelay: '3s' }, { keep: { t: 'ID' } }),
    ask('PUT /kv/l?acquire={s}', 'x'),
    ask('PUT /agent/check/pass/s:ttl?note=fine'),
    until('GET /session/info/{s}', '0', undefined, { leastMs: 2_500, mostMs: 8_000 }),
    ask('GET /kv/l'),
    ask('PUT /kv/l?acquire={t}', 'x'),
    until('PUT /kv/l?acquire={t}', 'body', true, { leastMs: 1_000, mostMs: 8_000 }),
    ask('GET /agent/checks'),
    ask('GET /health/node/agent'),
    ask('PUT /session/create', { NodeChecks: ['serfHealth'], ServiceChecks: [{ ID: 's:ttl' }] }),
    ask('PUT /agent/check/pass/s:ttl'),
    until('GET /health/service/s?passing', 'length', 1),
    until('GET /health/service/s?passing', 'length', 0, { leastMs: 1_500, mostMs: 8_000 }),
  ),
  story(
    'a coordinate is written a little later, that of a node that is not there never',
    ask('PUT /catalog/register', { Node: 'n', Address: '1' }),
    ask('GET /coordinate/node/n'),
    ask('PUT /coordinate/update', {
      Node: 'n',
      Coord: { Vec: [1, 2, 3, 4, 5, 6, 7, 8], Error: 1.5, Adjustment: 0, Height: 0.00001 },
    }),
    ask('PUT /coordinate/update', {
      Node: 'nobody',
      Coord: { Vec: [1, 2, 3, 4, 5, 6, 7, 8], Error: 1.5, Adjustment: 0, Height: 0.00001 },
    }),
    ask('PUT /coordinate/update', {
      Node: 'n',
      Segment: 's',
      Coord: { Vec: [1, 2, 3, 4, 5, 6, 7, 8], Error: 1.5, Adjustment: 0, Height: 1 },
    }),
    until('GET /coordinate/nodes', 'length', 2, { leastMs: 0, mostMs: 11_500 }),
    // Consul tells a node's segments in no order at all.
    ask('GET /coordinate/node/n', undefined, { only: ['length'] }),
    ask('GET /coordinate/node/nobody'),
    ask('PUT /catalog/deregister', { Node: 'n' }),
    ask('GET /coordinate/node/n'),
  ),
];

/** More than a minute. */
export const slowest = [
  story(
    'a service that is critical for long enough is taken out by its agent',
    ask('PUT /agent/service/register', {
      ID: 's',
      Name: 's',
      Check: { CheckID: 's:ttl', TTL: '1s', Status: 'passing', DeregisterCriticalServiceAfter: '1s' },
    }),
    until('GET /catalog/service/s', 'length', 1),
    until('GET /catalog/service/s', 'length', 0, { leastMs: 60_000, mostMs: 105_000 }),
    ask('GET /agent/services'),
    ask('GET /agent/checks'),
  ),
  story(
    'the agent puts back what somebody took out of the catalog',
    ask('PUT /agent/service/register', { Name: 's', Check: { TTL: '1h', Status: 'passing' } }),
    until('GET /catalog/service/s', 'length', 1),
    ask('PUT /catalog/deregister', { Node: 'agent', ServiceID: 's' }),
    until('GET /catalog/service/s', 'length', 1, { leastMs: 0, mostMs: 125_000 }),
    ask('GET /health/service/s'),
  ),
  story(
    'the agent takes out of the catalog what somebody put under its node',
    ask('PUT /catalog/register', {
      Node: 'agent',
      SkipNodeUpdate: true,
      Check: { CheckID: 'strange', Name: 'strange' },
    }),
    ask('GET /health/node/agent'),
    until('GET /health/node/agent', 'length', 1, { leastMs: 0, mostMs: 125_000 }),
  ),
];
