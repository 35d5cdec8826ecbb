/** A list of checks as it is answered again and again: only what changed since the answer before is read. */
import type { CheckKey, CheckRecord } from '../../machines/model.ts';
import type { Clock } from '../clock.ts';
import { type Answer, listOf } from './answer.ts';
import { type Breathe, createBreather } from './breather.ts';
import { countOf, cut, differenceOf, type Elements, ELEMENTS_A_BREATH, NO_ELEMENTS, textOf } from './elements.ts';
import { parseCheck, parseList } from './parse.ts';
import { type BodyRoom, emptyRoom } from './transport.ts';

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

export interface CheckList {
  /** Where the next answer may be put: the one that it is held against lies elsewhere. */
  room(): BodyRoom;
  /** `isAnew`: is not held against the answer before. Rejects with `ESM_CONSUL_UNAVAILABLE` when the answer is no list. */
  read(answer: Answer, isAnew: boolean): Promise<CheckDifference>;
  /** Of the time that the last `read` took, what was left to others. */
  readonly pausedMs: number;
}

/** `what` names the list in errors. */
export function createCheckList(what: string, clock: Clock): CheckList {
  /** Undefined: no answer yet, or one that could not be cut. */
  let known: Elements | undefined;
  let [taken, free] = [emptyRoom(), emptyRoom()];
  let breathe = createBreather(clock);
  return {
    room: () => free,
    get pausedMs() {
      return breathe.pausedMs;
    },
    async read(answer, isAnew) {
      breathe = createBreather(clock);
      const before = isAnew ? undefined : known;
      const latest = await elementsOf(answer.body, breathe);
      const compared = latest && (await compare(before, latest, breathe));
      const rest = {
        bytes: answer.body.length,
        keep: () => {
          known = compared && latest;
          [taken, free] = [free, taken];
        },
      };
      if (compared !== undefined) return { ...compared, ...rest };
      const changed = parseList(listOf(what, answer), parseCheck);
      return { isWhole: true, changed, gone: [], size: changed.length, ...rest };
    },
  };
}

const elementsOf = async (body: Buffer, breathe: Breathe): Promise<Elements | undefined> =>
  isEmpty(body) ? NO_ELEMENTS : await cut(body, breathe);

/** `[]`, or, as Go writes what it has none of, `null`. */
const isEmpty = (body: Buffer): boolean => body.length < 16 && /^\s*(\[\s*\]|null)\s*$/.test(body.toString('latin1'));

/** Undefined: something was cut that is no JSON by itself. */
async function compare(known: Elements | undefined, latest: Elements, breathe: Breathe) {
  const { lost, found } = await differenceOf(known ?? NO_ELEMENTS, latest, breathe);
  try {
    const changed = await readAt(latest, found, breathe);
    const former = known === undefined ? [] : await readAt(known, lost, breathe);
    const keys = new Set(changed.map(({ key }) => key));
    const gone = former.map(({ key }) => key).filter((key) => !keys.has(key));
    return { isWhole: known === undefined, changed, gone, size: countOf(latest) };
  } catch {
    return undefined;
  }
}

async function readAt(elements: Elements, places: readonly number[], breathe: Breathe) {
  const records: CheckRecord[] = [];
  for (const [count, place] of places.entries()) {
    if (count % ELEMENTS_A_BREATH === 0) await breathe();
    const record = parseCheck(JSON.parse(textOf(elements, place)));
    if (record !== undefined) records.push(record);
  }
  return records;
}
