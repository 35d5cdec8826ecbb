/** The Consul agent stays away for longer than the instances' TTL checks last: nothing moves, is removed or lost all the same. */
import { test } from 'vitest';
import { rideOutAgentOutage } from '../../support/agent-outage.ts';

test('an agent that is away for 25 s: what changed meanwhile is reported within 2 s, and no node moves', () =>
  rideOutAgentOutage(25));
