/** Keeps the network coordinates of nodes: moved by every ping, written when that makes a difference. */
import { setMaxListeners } from 'node:events';
import type { ExternalNode } from '../../machines/model.ts';
import type { Clock, Random } from '../clock.ts';
import type { CoordinateStore } from '../consul/coordinate.ts';
import { movementSeconds, originCoordinate, updateCoordinate, type Coordinate } from '../coordinates.ts';
import type { Log } from '../observe/log.ts';

export interface CoordinatesDeps {
  readonly store: CoordinateStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface Coordinates {
  /** A ping of the node took so long. Never throws, and keeps nobody waiting. */
  observe(node: ExternalNode, rttMs: number): void;
  /** The node is no longer this instance's. */
  forget(node: string): void;
  stop(): void;
}

/** Smaller movements are not worth a write (behaviour.md section 9). */
const LEAST_MOVEMENT_S = 0.001;

/** The agent's own coordinate moves slowly, and asking for it makes the agent tell everything about itself. */
const LOCAL_MAX_AGE_MS = 60_000;

interface Position {
  readonly current: Coordinate;
  /** As Consul has it; undefined: it has none. */
  readonly written: Coordinate | undefined;
}

/** The agent's own coordinate. */
interface Local {
  readonly coordinate: Promise<Coordinate | undefined>;
  /** Once it is read; undefined as well: the agent has none yet. */
  known: Coordinate | undefined;
  readonly readAtMs: number;
}

const segmentOf = (meta: ExternalNode['meta']): string => meta['consul-network-segment'] ?? '';

export const createCoordinates = ({ store, clock, random, log }: CoordinatesDeps): Coordinates => {
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal); // every node's request listens to it: Node took eleven of them for a leak, and said so
  const positions = new Map<string, Position>();
  const busy = new Set<string>();
  let local: Local | undefined;

  const freshLocal = (): Local | undefined =>
    local === undefined || clock.now() - local.readAtMs > LOCAL_MAX_AGE_MS ? undefined : local;

  const readLocal = async (): Promise<Coordinate | undefined> => {
    const asked = freshLocal();
    if (asked !== undefined) return asked.coordinate;
    const asking: Local = { coordinate: store.readLocal(stopping.signal), known: undefined, readAtMs: clock.now() };
    local = asking;
    return (asking.known = await asking.coordinate);
  };

  const readPosition = async (node: string, segment: string): Promise<Position> => {
    const written = await store.read(node, segment, stopping.signal);
    return { current: written ?? originCoordinate, written };
  };

  const write = async (node: string, segment: string, moved: Coordinate): Promise<void> => {
    await store.write(node, segment, moved, stopping.signal);
    if (busy.has(node)) positions.set(node, { current: moved, written: moved });
  };

  /** Undefined: that was all. Nearly every ping ends so, and costs no promise. */
  const move = (
    { name, meta }: ExternalNode,
    fixed: Coordinate,
    { current, written }: Position,
    rttMs: number,
  ): Promise<void> | undefined => {
    const moved = updateCoordinate(current, fixed, rttMs / 1000, random);
    if (moved === undefined) return undefined;
    const isNews = written === undefined || movementSeconds(written, moved) > LEAST_MOVEMENT_S;
    if (isNews) return write(name, segmentOf(meta), moved);
    if (busy.has(name)) positions.set(name, { current: moved, written });
    return undefined;
  };

  /** As `move`, once what is not known has been read. */
  const readAndMove = async (node: ExternalNode, rttMs: number): Promise<void> => {
    const fixed = await readLocal();
    if (fixed === undefined) return;
    const position = positions.get(node.name) ?? (await readPosition(node.name, segmentOf(node.meta)));
    await move(node, fixed, position, rttMs);
  };

  return {
    observe(node, rttMs) {
      const { name } = node;
      if (busy.has(name)) return;
      busy.add(name);
      const [fixed, position] = [freshLocal()?.known, positions.get(name)];
      const isKnown = fixed !== undefined && position !== undefined;
      const moving = isKnown ? move(node, fixed, position, rttMs) : readAndMove(node, rttMs);
      if (moving === undefined) {
        busy.delete(name);
        return;
      }
      moving
        .catch((error: unknown) => {
          if (stopping.signal.aborted) return;
          local = undefined;
          log.debug(`Cannot keep the coordinate of node '${name}'`, { error });
        })
        .finally(() => busy.delete(name));
    },
    forget(name) {
      positions.delete(name);
      busy.delete(name);
    },
    stop() {
      stopping.abort();
    },
  };
};
