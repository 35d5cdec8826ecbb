/** Consul's indexes as they were if it had gone back to an older state, while what is asked by them still reaches the true ones. */

export interface Rewind {
  /** The X-Consul-Index to give with the answer to `path`, in place of the true one. */
  lower(path: string, index: number): number;
  /** The path to ask in place of `path`: where it bears an X-Consul-Index that was lowered, with the true one. */
  restore(path: string): string;
  /** An answer's body, whose records bear indexes too: none may be newer than the answer. */
  lowerBody(body: Buffer): Buffer;
  /** A request's body, with the true indexes for its compare-and-sets. */
  restoreBody(body: Buffer): Buffer;
}

const ASKED_INDEX = /([?&]index=)(\d+)/;
const INDEX_FIELD = /("(?:CreateIndex|ModifyIndex|Index)":\s*)(\d+)/g;

/** Lowers every index by `by`, and never below 1. */
export function createRewind(by: number): Rewind {
  const truth = new Map<string, number>();
  const shift = (body: Buffer, difference: number): Buffer =>
    Buffer.from(
      body.toString().replace(INDEX_FIELD, (_, field: string, index: string) => {
        return `${field}${Math.max(1, Number(index) + difference)}`;
      }),
    );
  return {
    lower(path, index) {
      const lowered = Math.max(1, index - by);
      truth.set(`${questionOf(path)} ${lowered}`, index);
      return lowered;
    },
    restore: (path) =>
      path.replace(ASKED_INDEX, (whole, name: string, index: string) => {
        const known = truth.get(`${questionOf(path)} ${index}`);
        return known === undefined ? whole : `${name}${known}`;
      }),
    lowerBody: (body) => shift(body, -by),
    restoreBody: (body) => shift(body, by),
  };
}

/** What is asked for, whatever the reader knows already. */
const questionOf = (path: string): string => path.replace(/[?&](index|wait)=[^&]*/g, '');
