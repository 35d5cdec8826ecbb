/** The network between one daemon and Consul. */
import type { EmbeddedReply, EmbeddedRequest } from '../../../src/dev/embedded/request.ts';
import type { ConsulServer } from './consul-server.ts';
import type { Dice } from './dice.ts';
import type { Process } from './process.ts';
import type { Timeline } from './timeline.ts';

/** `hole`: what is sent arrives when the hole is filled, or never. */
export type Weather = 'clear' | 'slow' | 'hole';

const [QUICKEST_MS, QUICK_MS, SLOWEST_MS] = [1, 4, 3_000];

/** How many messages are late when the way is slow. */
const LATE = 0.3;

interface Trip {
  /** Tells the client that there will be no answer. */
  fail(error: Error): void;
  /** Consul sees the connection go, and keeps nobody waiting any more. */
  drop(): void;
}

interface Message {
  readonly arrive: () => void;
  readonly isLost: () => boolean;
}

export class Link {
  readonly #from: string;
  readonly #process: Process;
  readonly #timeline: Timeline;
  readonly #server: ConsulServer;
  readonly #dice: Dice;
  readonly #trips = new Set<Trip>();
  #stuck: Message[] = [];
  #weather: Weather = 'clear';

  constructor(from: string, process: Process, timeline: Timeline, server: ConsulServer, dice: Dice) {
    this.#from = from;
    this.#process = process;
    this.#timeline = timeline;
    this.#server = server;
    this.#dice = dice;
  }

  /** Requests under way. */
  get busy(): number {
    return this.#trips.size;
  }

  get weather(): Weather {
    return this.#weather;
  }

  set weather(weather: Weather) {
    this.#weather = weather;
    if (weather === 'hole') return;
    const stuck = this.#stuck;
    this.#stuck = [];
    for (const message of stuck) this.#carry(message);
  }

  /** All connections break: what is under way has no answer, and may have taken effect. */
  reset(): void {
    for (const trip of [...this.#trips]) {
      this.#process.comesIn(QUICKEST_MS, () => {
        trip.fail(new Error('read ECONNRESET'));
      });
    }
  }

  /** The client is gone: whom Consul keeps waiting is forgotten. */
  abandon(): void {
    for (const trip of this.#trips) trip.drop();
    this.#trips.clear();
  }

  /** Rejects as a socket would. `onStart` is given what gives the request up, and returns what is to be done when it is over. */
  ask(request: EmbeddedRequest, onStart: (abort: () => void) => () => void): Promise<EmbeddedReply> {
    return new Promise((resolve, reject) => {
      if (this.#process.isDead) return;
      const sentAtMs = this.#timeline.nowMs;
      let isOpen = true;
      let cancel = (): void => undefined;
      const end = (): boolean => {
        if (!isOpen) return false;
        isOpen = false;
        this.#trips.delete(trip);
        onEnd();
        return true;
      };
      const fail = (error: Error): void => {
        if (!end()) return;
        cancel();
        reject(error);
      };
      const drop = (): void => {
        isOpen = false;
        cancel();
      };
      const trip: Trip = { fail, drop };
      this.#trips.add(trip);
      const onEnd = onStart(() => {
        fail(new Error('aborted'));
      });
      if (!this.#server.isUp) {
        this.#process.comesIn(QUICKEST_MS, () => {
          fail(new Error('connect ECONNREFUSED'));
        });
        return;
      }
      this.#carry({
        // What was given up may be on its way all the same, and take effect late.
        isLost: () => !isOpen && this.#dice.chance(0.5),
        arrive: () => {
          if (!this.#server.isUp) return;
          cancel = this.#server.ask(this.#from, sentAtMs, request, (reply) => {
            this.#carry({
              isLost: () => !isOpen,
              arrive: () => {
                this.#process.comesIn(0, () => {
                  if (end()) resolve(reply);
                });
              },
            });
          });
          if (!isOpen) cancel();
        },
      });
    });
  }

  #carry(message: Message): void {
    this.#timeline.after(this.#delayMs(), () => {
      if (this.#weather === 'hole') this.#stuck.push(message);
      else if (!message.isLost()) message.arrive();
    });
  }

  #delayMs(): number {
    const isSlow = this.#weather === 'slow' && this.#dice.chance(LATE);
    return this.#dice.between(QUICKEST_MS, isSlow ? SLOWEST_MS : QUICK_MS);
  }
}
