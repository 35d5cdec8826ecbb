/** Where an actor stands, in words. */
import type { StateValue } from '../../src/observe/statecharts/wire.ts';

/** Every state that is active, as `data-state` of the picture has them: `status`, `status.critical`. */
export const activeStates = (value: StateValue | undefined, prefix = ''): readonly string[] => {
  if (value === undefined) return [];
  if (typeof value === 'string') return [prefix + value];
  return Object.entries(value).flatMap(([name, inner]) => [prefix + name, ...activeStates(inner, `${prefix}${name}.`)]);
};

/** The innermost ones, each without the names of what is active beside it: `critical.timed` and `settled`. */
export const leavesOf = (value: StateValue | undefined, prefix = ''): readonly string[] => {
  if (value === undefined) return [];
  if (typeof value === 'string') return [prefix + value];
  const regions = Object.entries(value);
  return regions.flatMap(([name, inner]) => leavesOf(inner, regions.length > 1 ? '' : `${prefix}${name}.`));
};

export type Tone = 'good' | 'doubtful' | 'bad' | 'plain';

const TONES: Readonly<Record<string, Tone>> = {
  passing: 'good',
  alive: 'good',
  warning: 'doubtful',
  suspect: 'doubtful',
  critical: 'bad',
  deregister: 'bad',
  reaping: 'bad',
};

/** How good a state is for who depends on it; `plain`: neither. By the last part of its name that says so. */
export const toneOf = (state: string): Tone =>
  state
    .split('.')
    .map((part) => TONES[part])
    .findLast((tone) => tone !== undefined) ?? 'plain';

/** The worst of what is said of an actor. */
export const worstTone = (value: StateValue | undefined): Tone => {
  const tones = activeStates(value).map(toneOf);
  return (['bad', 'doubtful', 'good'] as const).find((tone) => tones.includes(tone)) ?? 'plain';
};

/** A dotted name that may be broken behind its dots. */
export const breakable = (name: string): string => name.replaceAll('.', '.\u200b');

/** `14:05:09.123`, local time. */
export const timeText = (atMs: number): string => {
  const time = new Date(atMs);
  return `${time.toLocaleTimeString('en-GB')}.${String(time.getMilliseconds()).padStart(3, '0')}`;
};
