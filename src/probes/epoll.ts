/** Which connections have something to tell: one epoll descriptor for all of them. */
import { EPOLL_EVENT, type EpollEvents, type Syscalls } from './syscalls.ts';

/** What can be waited for, and what is told unasked. Linux' numbers, the same on x86-64 and arm64. */
export const EPOLLIN = 1;
export const EPOLLOUT = 4;
export const EPOLLERR_OR_HUP = 8 | 16;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_MOD = 3;

/** Events taken from the kernel in one go; what is left comes in the next turn of the event loop. */
const MOST_EVENTS = 256;

/** Told of events until its descriptor is closed. */
export interface Watcher {
  /** Descriptors are used again at once: this tells whose event it is. */
  readonly serial: number;
  onReady(flags: number): void;
}

/** Tells watchers, by level: as long as something is so, once a turn of the event loop. */
export class Epoll implements Disposable {
  readonly #calls: Syscalls;
  readonly #epoll: number;
  readonly #watch: Disposable;
  /** By descriptor. */
  readonly #watchers: (Watcher | undefined)[] = [];
  readonly #events: EpollEvents = new Int32Array(MOST_EVENTS * EPOLL_EVENT.size);
  readonly #event: EpollEvents = new Int32Array(EPOLL_EVENT.size);

  /** `epoll` is its own to close. */
  constructor(calls: Syscalls, epoll: number) {
    this.#calls = calls;
    this.#epoll = epoll;
    this.#watch = calls.watch(epoll, () => {
      this.#read();
    });
  }

  /** Begins to watch; 0, or an error's number. */
  add(fd: number, flags: number, watcher: Watcher): number {
    this.#watchers[fd] = watcher;
    return this.#control(EPOLL_CTL_ADD, fd, flags, watcher);
  }

  change(fd: number, flags: number, watcher: Watcher): void {
    this.#control(EPOLL_CTL_MOD, fd, flags, watcher);
  }

  /** Closes the descriptor, and so ends the watch. */
  close(fd: number): void {
    this.#watchers[fd] = undefined;
    this.#calls.close(fd);
  }

  [Symbol.dispose](): void {
    this.#watch[Symbol.dispose]();
    this.#calls.close(this.#epoll);
  }

  #read(): void {
    const count = this.#calls.epollWait(this.#epoll, this.#events, MOST_EVENTS);
    for (let at = 0; at < count * EPOLL_EVENT.size; at += EPOLL_EVENT.size) {
      const watcher = this.#watchers[this.#events[at + EPOLL_EVENT.data] ?? 0];
      if (watcher?.serial === this.#events[at + EPOLL_EVENT.data + 1]) watcher?.onReady(this.#events[at] ?? 0);
    }
  }

  #control(operation: number, fd: number, flags: number, { serial }: Watcher): number {
    this.#event[0] = flags;
    this.#event[EPOLL_EVENT.data] = fd;
    this.#event[EPOLL_EVENT.data + 1] = serial;
    return this.#calls.epollControl(this.#epoll, operation, fd, this.#event);
  }
}
