/** Network coordinates: gathered for some seconds and then written all at once, as Consul's servers do. */
import type { TimerId } from '../../clock.ts';
import type { Reading } from './reading.ts';
import type { CoordinateRecord } from './records.ts';
import { type EmbeddedRequest, Refusal } from './request.ts';
import type { coordinate } from './shapes.ts';
import { keyOf, type State, under } from './state.ts';

const PERIOD_MS = 5_000;
const DIMENSIONS = 8;

export class Coordinates {
  readonly #state: State;
  readonly #startMs: number;
  #gathered: CoordinateRecord[] = [];
  #timer: TimerId;

  constructor(state: State) {
    this.#state = state;
    this.#startMs = state.clock.now();
  }

  /** Throws 500 for one of another dimension. */
  update({ Node, Segment, Coord }: ReturnType<typeof coordinate>): void {
    const Vec = Coord.Vec ?? [];
    if (Vec.length !== DIMENSIONS) throw new Refusal(500, 'incompatible coordinate');
    this.#gathered.push({ Node, Segment, Coord: { ...Coord, Vec } });
    this.#timer ??= this.#state.clock.setTimeout(() => {
      this.#write();
    }, this.#untilNextMs());
  }

  stop(): void {
    this.#state.clock.clearTimeout(this.#timer);
  }

  /** The servers' ticks go on whether there is something to write or not. */
  #untilNextMs(): number {
    return PERIOD_MS - ((this.#state.clock.now() - this.#startMs) % PERIOD_MS);
  }

  #write(): void {
    const state = this.#state;
    this.#timer = undefined;
    const known = this.#gathered.filter(({ Node }) => state.nodes.get(keyOf(Node)) !== undefined);
    this.#gathered = [];
    state.write(() => {
      for (const record of known) {
        state.coordinates.set(keyOf(record.Node, record.Segment), record);
        state.touch(`coordinates ${keyOf(record.Node)}`);
      }
      if (known.length > 0) state.move('coordinates');
    });
  }
}

export function readCoordinate(state: State, request: EmbeddedRequest): Reading {
  const node = keyOf(decodeURIComponent(request.path.slice('/v1/coordinate/node/'.length)));
  const found = state.coordinates.below(under(node));
  const value = found.length === 0 ? undefined : found;
  return { value, index: state.latest('coordinates'), topics: [`coordinates ${node}`], isSilent: value === undefined };
}

export const readCoordinates = (state: State): Reading => ({
  value: state.coordinates.all(),
  index: state.latest('coordinates'),
  topics: ['coordinates'],
});
