/** A Consul that one request reaches late: the first transaction of the chosen kind is held back until it is let go. */
import { eventually } from './eventually.ts';
import { startInterposer, type Intercepted } from './interposer.ts';

/** One operation of a transaction, as Consul's JSON has it. */
export type SentOperation = Readonly<Record<string, { readonly Verb: string; readonly Check?: { Status: string } }>>;

export interface HeldConsul extends AsyncDisposable {
  readonly url: string;
  /** From now on the first transaction that holds such an operation is held back. */
  hold(isMeant: (operation: SentOperation) => boolean): void;
  /** Resolves once one is. */
  caught(): Promise<unknown>;
  /** Lets it go; resolves to what Consul answers. */
  release(): Promise<{ readonly status: number; readonly body: string }>;
}

/** Stands before the Consul at `consulUrl`. */
export async function startHeldConsul(consulUrl: string): Promise<HeldConsul> {
  let isMeant: ((operation: SentOperation) => boolean) | undefined;
  let caught: Intercepted | undefined;
  let letGo: () => void = () => undefined;
  let answer: { status: number; body: string } | undefined;
  const isCaught = ({ method, path, body }: Intercepted): boolean =>
    method === 'PUT' &&
    path.startsWith('/v1/txn') &&
    isMeant !== undefined &&
    (JSON.parse(body) as SentOperation[]).some(isMeant); // safe: the daemon under test sends it
  const interposer = await startInterposer(
    consulUrl,
    (intercepted) => {
      if (caught !== undefined || !isCaught(intercepted)) return undefined;
      caught = intercepted;
      return new Promise((resolve) => (letGo = resolve));
    },
    ({ body }, given) => {
      if (body === caught?.body) answer = given;
    },
  );
  return {
    url: interposer.url,
    hold(next) {
      isMeant = next;
    },
    caught: () => eventually('the transaction that is held back', () => caught),
    release() {
      letGo();
      return eventually('the answer to what was held back', () => answer);
    },
    [Symbol.asyncDispose]: () => interposer[Symbol.asyncDispose](),
  };
}
