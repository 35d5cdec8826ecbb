/** Network coordinates as Consul keeps them. The arithmetic is in src/coordinates.ts. */
import type { Coordinate } from '../coordinates.ts';
import { asArray, asObject, asString, listOf } from './answer.ts';
import type { ConsulClient } from './client.ts';
import { namePermission, requireOk } from './errors.ts';

export interface CoordinateStore {
  /** The local agent's own; undefined when it has none (coordinates are disabled there). */
  readLocal(signal: AbortSignal): Promise<Coordinate | undefined>;
  /** A node's in `segment` (empty: the default one); undefined when it has none yet. */
  read(node: string, segment: string, signal: AbortSignal): Promise<Coordinate | undefined>;
  /** Servers gather updates for some seconds: what was written is not read back at once. */
  write(node: string, segment: string, coordinate: Coordinate, signal: AbortSignal): Promise<void>;
}

export function createCoordinateStore(client: ConsulClient): CoordinateStore {
  return {
    readLocal: (signal) => readLocal(client, signal),
    read: (node, segment, signal) => read(client, node, segment, signal),
    async write(node, segment, { vec, error, adjustment, height }, signal) {
      const Coord = { Vec: vec, Error: error, Adjustment: adjustment, Height: height };
      const body = JSON.stringify({ Node: node, Segment: segment, Coord });
      const answer = await client.ask({ method: 'PUT', path: '/v1/coordinate/update', body }, signal);
      requireOk(`writing the coordinate of '${node}'`, answer);
    },
  };
}

async function readLocal(client: ConsulClient, signal: AbortSignal): Promise<Coordinate | undefined> {
  const what = 'reading the coordinate of the agent';
  try {
    const answer = await client.control(what, (consul, options) => consul.agent.self(options), signal);
    requireOk(what, answer);
    return parseCoordinate(asObject(answer.value)?.['Coord']);
  } catch (error) {
    throw namePermission(error, 'agent read');
  }
}

async function read(
  client: ConsulClient,
  node: string,
  segment: string,
  signal: AbortSignal,
): Promise<Coordinate | undefined> {
  const what = `reading the coordinate of '${node}'`;
  const answer = await client.ask({ method: 'GET', path: `/v1/coordinate/node/${encodeURIComponent(node)}` }, signal);
  if (answer.status === 404) return undefined;
  requireOk(what, answer);
  const entries = listOf(what, answer).map(asObject);
  return parseCoordinate(entries.find((entry) => asString(entry?.['Segment']) === segment)?.['Coord']);
}

function parseCoordinate(value: unknown): Coordinate | undefined {
  const coord = asObject(value);
  const vec = asArray(coord?.['Vec']);
  const [error, adjustment, height] = [coord?.['Error'], coord?.['Adjustment'], coord?.['Height']];
  if (typeof error !== 'number' || typeof adjustment !== 'number' || typeof height !== 'number') return undefined;
  return vec.every((part) => typeof part === 'number') ? { vec, error, adjustment, height } : undefined;
}
