/** The bodies that the agent takes. */
import { duration, flag, list, number, optional, struct, text } from './decode.ts';
import { stringMap, weights } from './shapes.ts';

/** A check of the agent. Only TTL checks are run. */
export const agentCheck = struct('structs.CheckType', {
  CheckID: text,
  ID: text,
  Name: text,
  Notes: text,
  ServiceID: text,
  Status: text,
  TTL: duration,
  DeregisterCriticalServiceAfter: duration,
});

export type SaidAgentCheck = ReturnType<typeof agentCheck>;

export const agentService = struct('structs.ServiceDefinition', {
  ID: text,
  Name: text,
  Tags: list(text),
  Address: text,
  Meta: stringMap,
  Port: number,
  Weights: weights,
  EnableTagOverride: flag,
  Check: optional(agentCheck),
  Checks: list(agentCheck),
});

export type SaidAgentService = ReturnType<typeof agentService>;

export const checkUpdate = struct('agent.checkUpdate', { Status: text, Output: text });
