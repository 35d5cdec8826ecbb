/** The bodies that Consul takes, and what it makes of them. */
import {
  anything,
  bytes,
  type Decoder,
  digits,
  duration,
  flag,
  list,
  map,
  number,
  optional,
  struct,
  text,
} from './decode.ts';
import { definition } from './definition.ts';

export const stringMap = map(text, 'string');

export const weights = optional(struct('structs.Weights', { Passing: number, Warning: number }));

/** A service as registrations and transactions say it. */
export const service = struct('structs.NodeService', {
  ID: text,
  Service: text,
  Tags: list(text),
  Address: text,
  Meta: stringMap,
  Port: number,
  Weights: weights,
  EnableTagOverride: flag,
  ModifyIndex: number,
});

/** A check as registrations and transactions say it. */
export const check = struct('structs.HealthCheck', {
  Node: text,
  CheckID: text,
  Name: text,
  Status: text,
  Notes: text,
  Output: text,
  ServiceID: text,
  ServiceName: text,
  ServiceTags: list(text),
  Type: text,
  Definition: definition,
  ModifyIndex: number,
});

const node = struct('structs.Node', {
  ID: text,
  Node: text,
  Address: text,
  Datacenter: text,
  TaggedAddresses: stringMap,
  Meta: stringMap,
  ModifyIndex: number,
});

export type SaidService = ReturnType<typeof service>;
export type SaidCheck = ReturnType<typeof check>;
export type SaidNode = ReturnType<typeof node>;

export const registration = struct(
  'structs.RegisterRequest',
  {
    ID: text,
    Node: text,
    Address: text,
    Datacenter: text,
    TaggedAddresses: stringMap,
    NodeMeta: stringMap,
    Service: optional(service),
    Check: optional(check),
    Checks: list(check),
    SkipNodeUpdate: flag,
    WriteRequest: anything,
  },
  { isStrict: true },
);

export const deregistration = struct(
  'structs.DeregisterRequest',
  { Node: text, Address: text, Datacenter: text, ServiceID: text, CheckID: text, Namespace: text },
  { isStrict: true },
);

export type Registration = ReturnType<typeof registration>;

/** A number below 1000 is seconds, as in the oldest clients. */
const lockDelay: Decoder<number | undefined> = (value, where) =>
  typeof value === 'number' && value < 1000 ? value * 1000 : duration(value, where);

export const session = struct('structs.Session', {
  Node: text,
  Name: text,
  Behavior: text,
  TTL: text,
  LockDelay: lockDelay,
  Checks: list(text),
  NodeChecks: list(text),
  ServiceChecks: list(struct('structs.ServiceCheck', { ID: text, Namespace: text })),
});

export const operations = list(
  struct(
    'api.TxnOp',
    {
      KV: optional(
        struct('api.KVTxnOp', { Verb: text, Key: text, Value: bytes, Flags: digits, Index: number, Session: text }),
      ),
      Node: optional(struct('api.NodeTxnOp', { Verb: text, Node: node })),
      Service: optional(struct('api.ServiceTxnOp', { Verb: text, Node: text, Service: service })),
      Check: optional(struct('api.CheckTxnOp', { Verb: text, Check: check })),
    },
    { isStrict: true },
  ),
  'api.TxnOps',
);

export type Operation = NonNullable<ReturnType<typeof operations>>[number];
export type KvOperation = NonNullable<Operation['KV']>;

export const coordinate = struct('structs.CoordinateUpdateRequest', {
  Node: text,
  Segment: text,
  Coord: struct('coordinate.Coordinate', {
    Vec: list(number),
    Error: number,
    Adjustment: number,
    Height: number,
  }),
});
