/** A long list of JSON objects, told apart by their bytes: what did not change is never built. */
import type { Breathe } from './breather.ts';

/** Where each element of a list begins in its body; the last number is where one more would begin. */
export interface Elements {
  readonly body: Buffer;
  readonly starts: Uint32Array;
  /** Bytes between two elements. */
  readonly gap: number;
}

export const NO_ELEMENTS: Elements = { body: Buffer.alloc(0), starts: new Uint32Array(1), gap: 0 };

export const countOf = ({ starts }: Elements): number => starts.length - 1;

const startOf = ({ starts }: Elements, place: number): number => starts[place] ?? 0;

const endOf = ({ starts, gap }: Elements, place: number): number => (starts[place + 1] ?? 0) - gap;

/** The element at `place`, as it stands in the list. */
export const textOf = (elements: Elements, place: number): string =>
  elements.body.toString('utf8', startOf(elements, place), endOf(elements, place));

interface Spacing {
  readonly first: string;
  readonly closing: string;
  readonly between: string;
  readonly last: string;
  readonly field: string;
}

/** As Go writes JSON, and as an agent in development mode does, whom nobody asked. */
const SPACINGS: readonly Spacing[] = [
  { first: '[', field: '{"Node":"', closing: '}', between: ',', last: ']' },
  { first: '[\n    ', field: '{\n        "Node": "', closing: '\n    }', between: ',\n    ', last: '\n]' },
];

/**
 * Cuts a list of objects whose first field is `Node`. What stands between two of them, `},{"Node":"`, no JSON string can hold, for
 * its quotes would be escaped, as would a line break be. Undefined: the list is spaced otherwise, or holds something else.
 */
export async function cut(body: Buffer, breathe: Breathe): Promise<Elements | undefined> {
  for (const { first, field, closing, between, last } of SPACINGS) {
    const opening = first + field;
    if (body.toString('latin1', 0, opening.length) !== opening) continue;
    const end = body.lastIndexOf(closing + last);
    if (end < 0) return undefined;
    const border = Buffer.from(closing + between + field);
    const step = border.length - field.length;
    const starts = [first.length];
    for (let at = body.indexOf(border); at >= 0; at = body.indexOf(border, at + step)) {
      starts.push(at + step);
      if (starts.length % ELEMENTS_A_BREATH === 0) await breathe();
    }
    starts.push(end + closing.length + between.length);
    return { body, starts: Uint32Array.from(starts), gap: between.length };
  }
  return undefined;
}

/** So many are looked at before anyone asks how late it is. */
export const ELEMENTS_A_BREATH = 256;

/** Places of elements: of those that only `before` holds, and of those that only `after` holds. */
export interface Difference {
  readonly lost: readonly number[];
  readonly found: readonly number[];
}

/** How far ahead an element is looked for: so many may be added or removed in one place, as with a node of so many checks. */
const FAR = 4_096;

/** And how far once one was not found so: the lists have another order, and looking far for each would take for ever. */
const NEAR = 32;

/**
 * Both lists are in the same order, but for what changed. An element that moved further than that is told as lost and as found;
 * what is told as neither stands in both, byte for byte.
 */
export async function differenceOf(before: Elements, after: Elements, breathe: Breathe): Promise<Difference> {
  const [lost, found]: [number[], number[]] = [[], []];
  const [countBefore, countAfter] = [countOf(before), countOf(after)];
  let [left, right, reach] = [0, 0, FAR];
  while (left < countBefore && right < countAfter) {
    const run = equalRun(before, left, after, right);
    left += run;
    right += run;
    if (run > 0) {
      await breathe();
      continue;
    }
    const { skipLeft, skipRight, isFound } = nextMatch(before, left, after, right, reach);
    if (!isFound) reach = NEAR;
    for (const end = left + skipLeft; left < end; left += 1) lost.push(left);
    for (const end = right + skipRight; right < end; right += 1) found.push(right);
    if (skipLeft + skipRight > 0) continue;
    left += 1;
    right += 1;
    if (left % ELEMENTS_A_BREATH === 0) await breathe();
  }
  for (; left < countBefore; left += 1) lost.push(left);
  for (; right < countAfter; right += 1) found.push(right);
  return { lost, found };
}

/** Elements compared in one go: few lists differ in many places. */
const RUN = 64;

/** {@link RUN}, if so many elements from here on are equal in both; else 0. */
function equalRun(before: Elements, left: number, after: Elements, right: number): number {
  if (left + RUN >= countOf(before) || right + RUN >= countOf(after)) return 0;
  const [start, end, from, to] = [
    startOf(before, left),
    startOf(before, left + RUN),
    startOf(after, right),
    startOf(after, right + RUN),
  ];
  return end - start === to - from && before.body.compare(after.body, from, to, start, end) === 0 ? RUN : 0;
}

/** How many elements stand before the next that both hold, or that is the same check in both, other than it was. */
function nextMatch(before: Elements, left: number, after: Elements, right: number, reach: number) {
  if (isEqual(before, left, after, right)) return { skipLeft: 0, skipRight: 0, isFound: true };
  if (isSameCheck(before, left, after, right)) return { skipLeft: 1, skipRight: 1, isFound: true };
  for (let ahead = 1; ahead <= reach; ahead += 1) {
    if (isEqual(before, left + ahead, after, right + ahead))
      return { skipLeft: ahead, skipRight: ahead, isFound: true };
    if (isEqual(before, left, after, right + ahead)) return { skipLeft: 0, skipRight: ahead, isFound: true };
    if (isEqual(before, left + ahead, after, right)) return { skipLeft: ahead, skipRight: 0, isFound: true };
  }
  return { skipLeft: 1, skipRight: 1, isFound: false };
}

/** Consul writes what a check is called, its node and its id, in front of its name. */
const NAME_FIELD = Buffer.from('"Name"');

function isSameCheck(before: Elements, left: number, after: Elements, right: number): boolean {
  const [start, from] = [startOf(before, left), startOf(after, right)];
  const [end, to] = [before.body.indexOf(NAME_FIELD, start), after.body.indexOf(NAME_FIELD, from)];
  return (
    end >= 0 && to >= 0 && end - start === to - from && before.body.compare(after.body, from, to, start, end) === 0
  );
}

function isEqual(before: Elements, left: number, after: Elements, right: number): boolean {
  if (left >= countOf(before) || right >= countOf(after)) return false;
  const [start, end, from, to] = [
    startOf(before, left),
    endOf(before, left),
    startOf(after, right),
    endOf(after, right),
  ];
  return end - start === to - from && before.body.compare(after.body, from, to, start, end) === 0;
}
