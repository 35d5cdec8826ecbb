/** What Consul keeps, in the words of its JSON. Records are never changed, only replaced. */

export interface Indexed {
  readonly CreateIndex: number;
  readonly ModifyIndex: number;
}

export type StringMap = Readonly<Record<string, string>>;

export interface NodeRecord extends Indexed {
  readonly ID: string;
  readonly Node: string;
  readonly Address: string;
  readonly Datacenter: string;
  readonly TaggedAddresses: StringMap | null;
  readonly Meta: StringMap | null;
}

export interface ServiceRecord extends Indexed {
  readonly ID: string;
  readonly Service: string;
  readonly Tags: readonly string[];
  readonly Address: string;
  readonly TaggedAddresses?: Readonly<Record<string, unknown>>;
  readonly Meta: StringMap | null;
  readonly Port: number;
  readonly Weights: { readonly Passing: number; readonly Warning: number };
  readonly EnableTagOverride: boolean;
  readonly Proxy: object;
  readonly Connect: object;
}

/** A service and the node that bears it. */
export interface Instance {
  readonly node: string;
  readonly service: ServiceRecord;
}

export interface CheckRecord extends Indexed {
  readonly Node: string;
  readonly CheckID: string;
  readonly Name: string;
  readonly Status: string;
  readonly Notes: string;
  readonly Output: string;
  readonly ServiceID: string;
  readonly ServiceName: string;
  readonly ServiceTags: readonly string[];
  readonly Type: string;
  readonly Definition: Readonly<Record<string, unknown>>;
}

export interface KvRecord extends Indexed {
  readonly LockIndex: number;
  readonly Key: string;
  /** Decimal digits: 64 bits do not fit into a number. */
  readonly Flags: string;
  /** Base64; null: empty. */
  readonly Value: string | null;
  readonly Session?: string;
}

export interface SessionRecord extends Indexed {
  readonly ID: string;
  readonly Name: string;
  readonly Node: string;
  /** In nanoseconds. */
  readonly LockDelay: number;
  readonly Behavior: string;
  readonly TTL: string;
  readonly NodeChecks: readonly string[] | null;
  readonly ServiceChecks: readonly { readonly ID: string; readonly Namespace: string }[] | null;
}

export interface Coordinate {
  readonly Vec: readonly number[];
  readonly Error: number;
  readonly Adjustment: number;
  readonly Height: number;
}

export interface CoordinateRecord {
  readonly Node: string;
  readonly Segment: string;
  readonly Coord: Coordinate;
}

/** What a client says of a record: everything but what Consul counts. */
export type Said<T extends Indexed> = Omit<T, 'CreateIndex' | 'ModifyIndex'>;
