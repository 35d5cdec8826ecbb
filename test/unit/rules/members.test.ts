import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Share } from '../../../machines/model.ts';
import {
  GRACE_MS,
  membershipOf,
  stillMissing,
  type Membership,
  type Sighting,
} from '../../../machines/rules/members.ts';

const NOW = 100_000;
type Lists = Pick<Share, 'nodes' | 'probes'>;

const WITH_NODES: Lists = { nodes: ['a'], probes: [] };
const WITH_PROBES: Lists = { nodes: [], probes: ['a'] };
const EMPTY: Lists = { nodes: [], probes: [] };

interface Example {
  readonly name: string;
  readonly passing?: readonly string[];
  readonly registered?: Readonly<Record<string, 'peer' | 'stranger'>>;
  readonly lists?: Readonly<Record<string, Lists | undefined>>;
  readonly missingSince?: Readonly<Record<string, number>>;
  readonly members: readonly string[];
  readonly missing?: Readonly<Record<string, number>>;
  readonly graceLeftMs?: number;
}

const examples: readonly Example[] = [
  { name: 'those that pass', passing: ['x', 'y'], registered: { x: 'peer', y: 'peer' }, members: ['x', 'y'] },
  {
    name: 'with a peer that was just seen not passing: it keeps its nodes',
    passing: ['x'],
    registered: { x: 'peer', y: 'peer' },
    lists: { x: WITH_NODES, y: WITH_NODES },
    members: ['x', 'y'],
    missing: { y: NOW },
    graceLeftMs: GRACE_MS,
  },
  {
    name: 'with a peer in the last moment of its grace, though it has Probes only',
    passing: ['x'],
    registered: { x: 'peer', y: 'peer' },
    lists: { y: WITH_PROBES },
    missingSince: { y: NOW - GRACE_MS + 1 },
    members: ['x', 'y'],
    missing: { y: NOW - GRACE_MS + 1 },
    graceLeftMs: 1,
  },
  {
    name: 'without a peer whose grace is over, and that is kept in mind',
    passing: ['x'],
    registered: { x: 'peer', y: 'peer' },
    lists: { y: WITH_NODES },
    missingSince: { y: NOW - GRACE_MS },
    members: ['x'],
    missing: { y: NOW - GRACE_MS },
  },
  {
    name: 'without one that is not registered any more: at once, and forgotten',
    passing: ['x'],
    registered: { x: 'peer' },
    lists: { y: WITH_NODES },
    missingSince: { y: NOW - 1 },
    members: ['x'],
  },
  {
    name: 'without one that is registered under another tag',
    passing: ['x'],
    registered: { x: 'peer', y: 'stranger' },
    lists: { y: WITH_NODES },
    members: ['x'],
  },
  {
    name: 'without a sick peer that has nothing to keep',
    passing: ['x'],
    registered: { x: 'peer', y: 'peer', z: 'peer', u: 'peer' },
    lists: { y: EMPTY, z: undefined },
    members: ['x'],
    missing: { y: NOW, z: NOW, u: NOW },
  },
  {
    name: 'with one that passes again, whose next failure begins a grace anew',
    passing: ['x', 'y'],
    registered: { x: 'peer', y: 'peer' },
    lists: { y: WITH_NODES },
    missingSince: { y: NOW - 1 },
    members: ['x', 'y'],
  },
  {
    name: 'with two in doubt, until the first of them is given up',
    passing: ['x'],
    registered: { y: 'peer', z: 'peer' },
    lists: { y: WITH_NODES, z: WITH_NODES },
    missingSince: { y: NOW - 1_000 },
    members: ['x', 'y', 'z'],
    missing: { y: NOW - 1_000, z: NOW },
    graceLeftMs: GRACE_MS - 1_000,
  },
  {
    name: 'with one in doubt though the clock was set back',
    passing: ['x'],
    registered: { y: 'peer' },
    lists: { y: WITH_NODES },
    missingSince: { y: NOW + 3_600_000 },
    members: ['x', 'y'],
    missing: { y: NOW },
    graceLeftMs: GRACE_MS,
  },
  {
    name: 'the leader itself in doubt, like any other',
    passing: ['y'],
    registered: { x: 'peer', y: 'peer' },
    lists: { x: WITH_NODES },
    members: ['y', 'x'],
    missing: { x: NOW },
    graceLeftMs: GRACE_MS,
  },
  {
    name: 'the leader alone where nobody is well, the leader neither',
    registered: { x: 'peer', y: 'peer' },
    lists: { x: WITH_NODES, y: WITH_NODES },
    missingSince: { x: 0, y: 0 },
    members: ['x'],
    missing: { x: 0, y: 0 },
  },
];

const IDS = ['u', 'v', 'w', 'x', 'y', 'z'] as const;
const arbitraryMap = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<ReadonlyMap<string, T>> =>
  fc.array(fc.tuple(fc.constantFrom(...IDS), value), { maxLength: 8 }).map((entries) => new Map(entries));

const arbitrarySighting: fc.Arbitrary<Sighting> = fc.record({
  serviceId: fc.constant('x'),
  passing: fc.uniqueArray(fc.constantFrom(...IDS)),
  registered: arbitraryMap(fc.constantFrom('peer', 'stranger')),
  lists: arbitraryMap(fc.constantFrom(WITH_NODES, WITH_PROBES, EMPTY, undefined)),
  missingSince: arbitraryMap(fc.nat(2 * GRACE_MS)),
  atMs: fc.nat(3 * GRACE_MS),
});

/** The same fleet, seen later. */
const later = (sighting: Sighting, { missingSince }: Membership, byMs: number): Membership =>
  membershipOf({ ...sighting, missingSince, atMs: sighting.atMs + byMs });

describe('membershipOf', () => {
  it.each(examples)('$name', (given) => {
    const { passing = [], registered = {}, lists = {}, missingSince = {}, missing = {} } = given;
    const seen = membershipOf({
      serviceId: 'x',
      passing,
      registered: new Map(Object.entries(registered)),
      lists: new Map(Object.entries(lists)),
      missingSince: new Map(Object.entries(missingSince)),
      atMs: NOW,
    });
    expect({ ...seen, missingSince: Object.fromEntries(seen.missingSince) }).toEqual({
      members: given.members,
      missingSince: missing,
      graceLeftMs: given.graceLeftMs,
    });
  });

  it('counts all that pass, and of the others only peers that have something to keep', () => {
    fc.assert(
      fc.property(arbitrarySighting, (sighting) => {
        const { passing, registered, lists } = sighting;
        const { members, graceLeftMs } = membershipOf(sighting);
        const others = members.filter((id) => !passing.includes(id));
        expect(members).toEqual([...passing, ...others]);
        expect(new Set(members).size).toBe(members.length);
        if (graceLeftMs === undefined) expect(others).toEqual(passing.length > 0 ? [] : ['x']);
        else expect(others.every((id) => registered.get(id) === 'peer' && lists.get(id) !== EMPTY)).toBe(true);
      }),
    );
  });

  it('keeps everyone until the grace is over, then gives somebody up', () => {
    fc.assert(
      fc.property(arbitrarySighting, (sighting) => {
        const now = membershipOf(sighting);
        const leftMs = now.graceLeftMs;
        if (leftMs === undefined) return;
        expect(leftMs).toBeGreaterThan(0);
        expect(leftMs).toBeLessThanOrEqual(GRACE_MS);
        expect(later(sighting, now, leftMs - 1).members).toEqual(now.members);
        const after = later(sighting, now, leftMs).members;
        const givenUp = now.members.filter((id) => !after.includes(id));
        expect(givenUp.length > 0 || now.members.join() === 'x').toBe(true);
        expect(givenUp.some((id) => sighting.passing.includes(id))).toBe(false);
      }),
    );
  });

  it('doubts nobody for longer than the grace, however often it looks', () => {
    fc.assert(
      fc.property(arbitrarySighting, fc.array(fc.nat(GRACE_MS), { maxLength: 6 }), (sighting, steps) => {
        let seen = membershipOf(sighting);
        let passedMs = 0;
        for (const step of steps) seen = later(sighting, seen, (passedMs += step));
        expect(later(sighting, seen, passedMs + GRACE_MS).graceLeftMs).toBeUndefined();
      }),
    );
  });
});

it('forgets those that pass and nobody else', () => {
  const missing = new Map([
    ['x', 1],
    ['y', 2],
  ]);
  expect(stillMissing(missing, ['x', 'z'])).toEqual(new Map([['y', 2]]));
});
