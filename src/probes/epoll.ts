/** Which connections have something to tell: one epoll descriptor for all of them. */
import { readFileSync } from 'node:fs';
import { Lookout } from './lookout.ts';
import { EPOLL_EVENT, type EpollEvents, type Syscalls } from './syscalls.ts';

/** What is told of a descriptor. Linux' numbers, the same on x86-64 and arm64. */
export const EPOLLIN = 1;
const EPOLLOUT = 4;
export const EPOLLPRI = 2;
export const EPOLLERR_OR_HUP = 8 | 16;
export const EPOLLRDHUP = 0x2000;
const EPOLLET = 1 << 31;
const ALL = EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLRDHUP | EPOLLET;
export const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_MOD = 3;

/** Events taken from the kernel in one go. */
const MOST_EVENTS = 256;

/** Told of events until its descriptor is closed. */
export interface Watcher {
  /** Descriptors are used again at once: this tells whose event it is. */
  readonly serial: number;
  /** `flags`: all that is so by now. */
  onReady(flags: number): void;
}

/** Nothing where there is no `/proc`. */
const watchedBy = (epoll: number): readonly number[] => {
  try {
    const lines = readFileSync(`/proc/self/fdinfo/${epoll}`, 'utf8').matchAll(/^tfd:\s*(\d+)/gm);
    return Array.from(lines, ([, fd]) => Number(fd));
  } catch {
    return [];
  }
};

/** Closes what a thread that has ended has left open: all that its epoll descriptor watches, and that itself. */
export const closeAllWatched = (calls: Syscalls, epoll: number): void => {
  for (const fd of watchedBy(epoll)) calls.close(fd);
  calls.close(epoll);
};

/** Tells watchers, by edge: once whenever something has come to be so. */
export class Epoll implements Disposable {
  readonly #calls: Syscalls;
  readonly #epoll: number;
  /** By descriptor. */
  readonly #watchers: (Watcher | undefined)[] = [];
  #count = 0;
  readonly #lookout = new Lookout(
    () => this.#look(),
    () => this.#count > 0,
  );
  readonly #events: EpollEvents = new Int32Array(MOST_EVENTS * EPOLL_EVENT.size);
  readonly #event: EpollEvents = new Int32Array(EPOLL_EVENT.size);

  /** `epoll` is closed by disposal, and by nothing else while this is used. */
  constructor(calls: Syscalls, epoll: number) {
    this.#calls = calls;
    this.#epoll = epoll;
  }

  /** Begins to watch; 0, or an error's number. Either way the descriptor is to be closed here. */
  add(fd: number, watcher: Watcher): number {
    this.#watchers[fd] = watcher;
    this.#count += 1;
    this.#lookout.begin();
    return this.#control(EPOLL_CTL_ADD, fd, watcher);
  }

  /** What is so already is told once more: the watcher has not taken all that had come. */
  tellAgain(fd: number, watcher: Watcher): void {
    this.#control(EPOLL_CTL_MOD, fd, watcher);
  }

  /** Closes the descriptor, and so ends the watch, if there is one. */
  close(fd: number): void {
    if (this.#watchers[fd] !== undefined) this.#count -= 1;
    this.#watchers[fd] = undefined;
    this.#calls.close(fd);
  }

  [Symbol.dispose](): void {
    this.#lookout[Symbol.dispose]();
    this.#calls.close(this.#epoll);
  }

  #look(): boolean {
    const count = this.#calls.epollWait(this.#epoll, this.#events, MOST_EVENTS);
    for (let at = 0; at < count * EPOLL_EVENT.size; at += EPOLL_EVENT.size) {
      const watcher = this.#watchers[this.#events[at + EPOLL_EVENT.data] ?? 0];
      if (watcher?.serial === this.#events[at + EPOLL_EVENT.data + 1]) watcher?.onReady(this.#events[at] ?? 0);
    }
    return count > 0;
  }

  #control(operation: number, fd: number, { serial }: Watcher): number {
    this.#event[0] = ALL;
    this.#event[EPOLL_EVENT.data] = fd;
    this.#event[EPOLL_EVENT.data + 1] = serial;
    return this.#calls.epollControl(this.#epoll, operation, fd, this.#event);
  }
}
