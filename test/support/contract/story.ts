/** A story: requests in order, as data, that any server with Consul's HTTP interface can be asked. */

/** What stands in braces, in lines and in the strings of bodies, is a value kept from an earlier answer. */
export interface Ask {
  readonly type: 'ask';
  /** `PUT /kv/a?cas=0`: the method and what follows `/v1`. */
  readonly line: string;
  /** A string goes as it is, anything else as JSON. */
  readonly body: unknown;
  /** Values to keep: a name for each, and where it stands (`index`: the header; else a path such as `0.ModifyIndex`). */
  readonly keep: Readonly<Record<string, string>>;
  /** Compare these parts of the body alone. Default: all of it. */
  readonly only: readonly string[] | undefined;
}

/** One step of a story. */
export type Step =
  | Ask
  /** A blocking query, asked now and answered in a later step. It has reached the server when the next step begins. */
  | { readonly type: 'hold'; readonly name: string; readonly ask: Ask }
  | { readonly type: 'answer'; readonly name: string }
  /** Asks until a part of the body is `value`; only the last answer counts. */
  | {
      readonly type: 'until';
      readonly ask: Ask;
      readonly path: string;
      readonly value: unknown;
      readonly took: Took | undefined;
    };

/** How long an `until` may take after the step before it, in milliseconds. Whether it did is part of the transcript. */
export interface Took {
  readonly leastMs: number;
  readonly mostMs: number;
}

export interface Story {
  readonly title: string;
  readonly steps: readonly Step[];
}

type Options = Partial<Pick<Ask, 'keep' | 'only'>>;

export const story = (title: string, ...steps: readonly Step[]): Story => ({ title, steps });

export const ask = (line: string, body?: unknown, { keep = {}, only }: Options = {}): Ask => ({
  type: 'ask',
  line,
  body,
  keep,
  only,
});

export const hold = (name: string, line: string): Step => ({ type: 'hold', name, ask: ask(line) });

export const answer = (name: string): Step => ({ type: 'answer', name });

/** `value` undefined: until nothing stands there. */
export const until = (line: string, path: string, value: unknown, took?: Took): Step => ({
  type: 'until',
  ask: ask(line),
  path,
  value,
  took,
});
