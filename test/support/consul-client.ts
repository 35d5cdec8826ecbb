/** The daemon's own client on a test's Consul. */
import { type ConsulClient, type ConsulOptions, createConsul } from '../../src/consul/client.ts';
import type { Watch, WatchObserver } from '../../src/consul/consul.ts';
import { systemClock, systemRandom } from '../../src/clock.ts';
import type { EsmError } from '../../src/errors.ts';
import type { TestConsul } from './consul.ts';
import { eventually } from './eventually.ts';

export const NO_TLS = { caFile: '', caPath: '', certFile: '', keyFile: '', serverName: '', verify: true };

/** A client of `consul` with its token, and whatever else `options` say. */
export const connect = (consul: TestConsul, options: Partial<ConsulOptions> = {}): Promise<ConsulClient> =>
  createConsul({
    httpAddr: consul.url,
    token: consul.token,
    httpAuth: '',
    datacenter: '',
    partition: '',
    tls: NO_TLS,
    clock: systemClock,
    random: systemRandom,
    ...options,
  });

/** What a watch has told. */
export interface Watched<T> extends Disposable {
  readonly answers: readonly T[];
  readonly troubles: readonly EsmError[];
  readonly watch: Watch;
  /** Resolves to the last answer once `isIt`. */
  until(what: string, isIt: (answer: T) => boolean): Promise<T>;
  untilTrouble(): Promise<EsmError>;
}

export function follow<T>(start: (observer: WatchObserver<T>) => Watch): Watched<T> {
  const answers: T[] = [];
  const troubles: EsmError[] = [];
  const watch = start({ onAnswer: (answer) => answers.push(answer), onTrouble: (error) => troubles.push(error) });
  return {
    answers,
    troubles,
    watch,
    async until(what, isIt) {
      await eventually(what, () => answers.length > 0 && isIt(answers.at(-1)!));
      return answers.at(-1)!;
    },
    untilTrouble: () => eventually('trouble', () => troubles[0]),
    [Symbol.dispose]: () => {
      watch.stop();
    },
  };
}

/** A signal that never ends, for calls that a test does not abort. */
export const forever = new AbortController().signal;
