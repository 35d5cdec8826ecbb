/** A list of checks as it is answered again and again: only what changed since the answer before is read. */
import { hash } from 'node:crypto';
import type { CheckKey, CheckRecord } from '../../machines/model.ts';
import type { Clock } from '../clock.ts';
import { EsmError } from '../errors.ts';
import { type Answer, listOf } from './answer.ts';
import { ElementCutter } from './elements.ts';
import { parseCheck, parseList } from './parse.ts';
import { sharing } from './sharing.ts';
import type { BodyReader } from './transport.ts';

/** What an answer says beyond the one before. */
export interface CheckDifference {
  /** Is there nothing to compare with: `changed` is then the whole list? */
  readonly isWhole: boolean;
  /** Added, or other than before. */
  readonly changed: readonly CheckRecord[];
  readonly gone: readonly CheckKey[];
  /** How many checks the list holds, and its bytes. */
  readonly size: number;
  readonly bytes: number;
  /** It has been taken in: the next answer is held against this one. */
  readonly keep: () => void;
}

/** The bytes of an element, told apart by a digest. */
type Digest = string;

/** What is remembered of an element. */
interface Known {
  /** Undefined: it was no check. */
  readonly key: CheckKey | undefined;
  /** The number of the answer in which it stood last. */
  answer: number;
}

type KnownRecord = (key: CheckKey) => CheckRecord | undefined;

type KnownElements = ReadonlyMap<Digest, Known>;

const NOTHING_KNOWN: KnownElements = new Map();

/** Holds the elements of one answer, as they come, against those of the answer before. */
class Comparison implements BodyReader {
  readonly known: KnownElements;
  readonly answer: number;
  /** What is not known yet. */
  readonly found = new Map<Digest, Known>();
  readonly changed: CheckRecord[] = [];
  size = 0;
  bytes = 0;
  /** What reading it took this process, in milliseconds. */
  ms = 0;
  readonly #clock: Clock;
  readonly #before: KnownRecord;
  readonly #cutter = new ElementCutter((bytes) => {
    this.#take(bytes);
  });
  /** How many of those known still stand in the list. */
  #kept = 0;
  /** Something was cut that is no JSON by itself. */
  #isTorn = false;

  constructor(known: KnownElements, answer: number, clock: Clock, before: KnownRecord) {
    this.known = known;
    this.answer = answer;
    this.#clock = clock;
    this.#before = before;
  }

  push(bytes: Buffer): void {
    const startedMs = this.#clock.now();
    this.bytes += bytes.length;
    this.#cutter.push(bytes);
    this.ms += this.#clock.now() - startedMs;
  }

  /** There is no more; false: it could not be cut. */
  end(): boolean {
    return this.#cutter.end() && !this.#isTorn;
  }

  /** What was known and stands in this answer no more. */
  lost(): readonly (readonly [Digest, Known])[] {
    const lost: (readonly [Digest, Known])[] = [];
    if (this.#kept === this.known.size) return lost;
    // Not by its entries, each of which is an array: of 50,000, with every answer, most of what a list left behind grew old.
    this.known.forEach((element, digest) => {
      if (element.answer !== this.answer) lost.push([digest, element]);
    });
    return lost;
  }

  #take(bytes: Buffer): void {
    this.size += 1;
    const digest = hash('sha1', bytes, 'binary');
    const known = this.known.get(digest) ?? this.found.get(digest);
    if (known === undefined) this.#find(digest, bytes);
    else if (known.answer !== this.answer) {
      known.answer = this.answer;
      this.#kept += 1;
    }
  }

  #find(digest: Digest, bytes: Buffer): void {
    try {
      const parsed = parseCheck(JSON.parse(bytes.toString()));
      const record = parsed && sharing(this.#before(parsed.key), parsed);
      if (record !== undefined) this.changed.push(record);
      this.found.set(digest, { key: record?.key, answer: this.answer });
    } catch {
      this.#isTorn = true;
    }
  }
}

/** One list, whose answers come one after another. Of each element a digest is remembered, and whose it is: the list itself is held nowhere. */
export class CheckList {
  readonly #what: string;
  readonly #clock: Clock;
  readonly #before: KnownRecord;
  /** Undefined: no answer yet, or one that could not be cut. */
  #known: Map<Digest, Known> | undefined;
  #lastAnswer = 0;
  /** Of the answer whose body comes. */
  #comparison: Comparison | undefined;
  #isUncut = false;
  #readMs = 0;

  /** `what` names the list in errors; `before` tells a check as it is known, with which what is read of it shares all that is the same. */
  constructor(what: string, clock: Clock, before: KnownRecord) {
    this.#what = what;
    this.#clock = clock;
    this.#before = before;
  }

  /** What it took this process to read the last body while it came, in milliseconds. */
  get readMs(): number {
    return this.#readMs;
  }

  /**
   * Reads the body of the next answer while it comes; undefined: it is to be gathered, for the last could not be cut. `isAnew`: it is
   * not held against the answer before.
   */
  begin(isAnew: boolean): BodyReader | undefined {
    this.#comparison = this.#isUncut ? undefined : this.#open(isAnew);
    return this.#comparison;
  }

  /** What the answer says, whose body has been read by now, or gathered. Throws `ESM_CONSUL_UNAVAILABLE`: it is no list. */
  read(answer: Answer, isAnew: boolean): CheckDifference {
    const begun = this.#comparison;
    this.#comparison = undefined;
    this.#readMs = begun?.ms ?? 0;
    const comparison = begun ?? this.#open(isAnew);
    if (begun === undefined) comparison.push(answer.body);
    this.#isUncut = !comparison.end();
    if (!this.#isUncut) return this.#told(comparison);
    if (begun === undefined) return this.#toldWhole(answer);
    throw new EsmError('ESM_CONSUL_UNAVAILABLE', `${this.#what}: the answer is not a list of checks`);
  }

  #open(isAnew: boolean): Comparison {
    return new Comparison(
      (isAnew ? undefined : this.#known) ?? NOTHING_KNOWN,
      ++this.#lastAnswer,
      this.#clock,
      this.#before,
    );
  }

  #told(comparison: Comparison): CheckDifference {
    const { known, found, changed, size, bytes } = comparison;
    const lost = comparison.lost();
    const keys = new Set(changed.map(({ key }) => key));
    const gone = lost.flatMap(([, { key }]) => (key === undefined || keys.has(key) ? [] : [key]));
    const isWhole = known !== this.#known;
    const keep = (): void => {
      if (isWhole || this.#known === undefined) this.#known = found;
      else {
        for (const [digest] of lost) this.#known.delete(digest);
        for (const [digest, element] of found) this.#known.set(digest, element);
      }
    };
    return { isWhole, changed, gone, size, bytes, keep };
  }

  #toldWhole(answer: Answer): CheckDifference {
    const parsed = parseList(listOf(this.#what, answer), parseCheck);
    const changed = parsed.map((record) => sharing(this.#before(record.key), record));
    const keep = (): void => {
      this.#known = undefined;
    };
    return { isWhole: true, changed, gone: [], size: changed.length, bytes: answer.body.length, keep };
  }
}
