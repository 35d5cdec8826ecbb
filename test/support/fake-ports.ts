/** Ports for chart tests: promises that the test settles by hand, and long-lived actors that it speaks for. */
import {
  fromCallback,
  fromPromise,
  type CallbackActorLogic,
  type EventObject,
  type NonReducibleUnknown,
  type PromiseActorLogic,
} from 'xstate';

/** One run of a promise port. */
export interface PromiseCall<Output, Input> {
  readonly input: Input;
  readonly signal: AbortSignal;
  readonly resolve: (output: Output) => void;
  readonly reject: (error: unknown) => void;
}

/** A promise port and all its runs, oldest first. */
export interface PromisePort<Output, Input> {
  readonly logic: PromiseActorLogic<Output, Input>;
  readonly calls: readonly PromiseCall<Output, Input>[];
  /** The newest run. Throws when there was none. */
  readonly last: () => PromiseCall<Output, Input>;
}

const newest = <T>(what: string, runs: readonly T[]): T => {
  const run = runs.at(-1);
  if (run === undefined) throw new Error(`no ${what} was started`);
  return run;
};

export function createPromisePort<Output = void, Input = NonReducibleUnknown>(): PromisePort<Output, Input> {
  const calls: PromiseCall<Output, Input>[] = [];
  const logic = fromPromise<Output, Input>(
    ({ input, signal }) =>
      new Promise((resolve, reject) => {
        calls.push({ input, signal, resolve, reject });
      }),
  );
  return { logic, calls, last: () => newest('promise', calls) };
}

/** One run of a long-lived port. */
export interface CallbackRun<Received, Sent, Input> {
  readonly input: Input;
  /** Speaks to the chart as the port would. */
  readonly send: (event: Sent) => void;
  readonly received: readonly Received[];
  readonly isStopped: () => boolean;
}

export interface CallbackPort<Received extends EventObject, Sent extends EventObject, Input> {
  readonly logic: CallbackActorLogic<Received, Input>;
  readonly runs: readonly CallbackRun<Received, Sent, Input>[];
  /** The newest run. Throws when there was none. */
  readonly last: () => CallbackRun<Received, Sent, Input>;
  /** The next run throws this as it starts. */
  readonly failNext: (error: Error) => void;
}

export function createCallbackPort<
  Received extends EventObject,
  Sent extends EventObject,
  Input = NonReducibleUnknown,
>(): CallbackPort<Received, Sent, Input> {
  const runs: CallbackRun<Received, Sent, Input>[] = [];
  let failure: Error | undefined;
  const logic = fromCallback<Received, Input>(({ input, sendBack, receive }) => {
    const due = failure;
    failure = undefined;
    if (due !== undefined) throw due;
    const received: Received[] = [];
    let isStopped = false;
    receive((event) => received.push(event));
    runs.push({ input, send: sendBack, received, isStopped: () => isStopped });
    return () => {
      isStopped = true;
    };
  });
  const failNext = (error: Error): void => {
    failure = error;
  };
  return { logic, runs, last: () => newest('port', runs), failNext };
}

/** Lets every settled promise reach its chart. */
export const flush = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });
