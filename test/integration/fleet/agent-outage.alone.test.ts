/** The Consul agent is killed and started again: the fleet goes on probing, and nothing moves, is removed or lost. */
import { test } from 'vitest';
import { rideOutAgentOutage } from '../../support/agent-outage.ts';

test('an agent that is away for some seconds: what changed meanwhile is reported within 2 s, and no node moves', () =>
  rideOutAgentOutage(4));
