/** What may be done to a fleet, its Consul and its targets. Scenarios and random stories do the same things. */
export * from './acts/consul.ts';
export * from './acts/instances.ts';
export * from './acts/nodes.ts';
