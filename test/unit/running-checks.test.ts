// Targets are stand-ins (test/support/roster.ts): only they answer, hang and fail at a given millisecond.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AnyActor, InspectionEvent } from 'xstate';
import type { CheckRecord } from '../../machines/model.ts';
import { EsmError } from '../../src/errors.ts';
import type { Prober } from '../../src/probes/prober.ts';
import { aCheck, aNode, startRoster, type Rig } from '../support/roster.ts';

let rig: Rig;

beforeEach(() => {
  rig = startRoster();
});

afterEach(() => {
  rig[Symbol.dispose]();
  expect(rig.clock.pending).toBe(0);
});

const run = async (...checks: CheckRecord[]): Promise<void> => {
  rig.tell([aNode('a')], checks);
  await rig.clock.advance(0);
};

const statuses = (): unknown[] =>
  rig.committed.flatMap(({ operations }) =>
    operations.flatMap((operation) => (operation.type === 'check.report' ? [operation.status] : [])),
  );

describe('what is run', () => {
  it('is never the own check of the node, whatever its definition says', async () => {
    await run(aCheck('a', 'externalNodeHealth'));
    await rig.clock.advance(60_000);
    expect(rig.probed).toEqual([]);
    expect(rig.log.lines).toEqual([]);
  });

  it.each([
    ['DEBUG', undefined, "Check 'a/a1' has no runnable definition and is left alone"],
    ['WARN', { GRPC: 'h:1' }, "Check 'a/a1' is left alone: gRPC checks are not run yet"],
    ['WARN', { TCP: 'h:1', Interval: '10ms' }, "Check 'a/a1' runs otherwise than defined: interval 10ms"],
  ] as const)('is told once, at %s, where there is something to tell of %j', async (level, definition, message) => {
    await run(aCheck('a', 'a1', { definition }));
    await run(aCheck('a', 'a1', { definition, modifyIndex: 12, output: 'other' }));
    const told = rig.log.messages(level).filter((line) => line.startsWith("Check 'a/a1'"));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(message);
  });

  it('is told again when the definition becomes another that is not run as it stands', async () => {
    await run(aCheck('a', 'a1', { definition: { TCP: 'h:1', Interval: '10ms' } }));
    await run(aCheck('a', 'a1', { definition: { UDP: 'h:1' }, modifyIndex: 12 }));
    expect(rig.log.messages('WARN')).toEqual([
      expect.stringContaining("Check 'a/a1' runs otherwise than defined: interval 10ms"),
      "Check 'a/a1' is left alone: UDP checks are not run yet",
    ]);
  });

  it('is critical, with the reason, when no probe can obey the definition; the others go on', async () => {
    await run(aCheck('a', 'a1', { definition: { HTTP: 'ftp://h/' } }), aCheck('a', 'a2'));
    expect(rig.probed).toEqual(['invalid', 'a2:1']);
  });

  it.each(['banana', 'maintenance', ''])('counts as critical when its status is %j', async (status) => {
    await run(aCheck('a', 'a1', { status }));
    expect(statuses()).toEqual(['passing']);
  });
});

describe('a definition that changes in place', () => {
  const redefined = (definition: CheckRecord['definition'], more: Partial<CheckRecord> = {}): CheckRecord =>
    aCheck('a', 'a1', { definition, modifyIndex: 12, ...more });

  it('asks the new target at the next tick, and keeps status and counters', async () => {
    rig.settings = { ...rig.settings, thresholds: { passing: 0, critical: 2 } };
    await run(aCheck('a', 'a1'));
    rig.targets.set('a1:1', 'critical').set('b1:1', 'critical');
    await rig.clock.advance(20_000);
    const before = rig.probed.length;
    await run(redefined({ TCP: 'b1:1', Interval: '10s' }));
    expect(rig.probed).toHaveLength(before);
    await rig.clock.advance(10_000);
    expect(rig.probed.slice(before)).toEqual(['b1:1']);
    expect(statuses()).toEqual(['critical']);
  });

  it('ends a run that asks by the old one', async () => {
    rig.targets.set('a1:1', 'hang');
    await run(aCheck('a', 'a1'));
    await run(redefined({ TCP: 'b1:1', Interval: '10s' }));
    await rig.clock.advance(10_000);
    expect(rig.probed.slice(0, 2)).toEqual(['a1:1', 'b1:1']);
  });

  it('takes another interval over', async () => {
    await run(aCheck('a', 'a1'));
    await run(redefined({ TCP: 'a1:1', Interval: '1s' }));
    await rig.clock.advance(10_000);
    expect(rig.probed.length).toBeGreaterThanOrEqual(10);
  });

  it('leaves the check alone when it is no longer runnable, and takes it up again when it is', async () => {
    await run(aCheck('a', 'a1'));
    await run(redefined({ GRPC: 'h:1' }));
    await rig.clock.advance(30_000);
    expect(rig.probed).toHaveLength(1);
    await run(redefined({ TCP: 'b1:1' }, { modifyIndex: 13 }));
    expect(rig.probed).toEqual(['a1:1', 'b1:1']);
  });

  it('is nothing to a run when only notes and tags have changed', async () => {
    rig.targets.set('a1:1', 'hang');
    await run(aCheck('a', 'a1'));
    await run(aCheck('a', 'a1', { modifyIndex: 12, notes: 'new' }));
    await rig.clock.advance(60_000);
    expect(rig.probed).toEqual(['a1:1']);
  });
});

it('takes the status that somebody else has written as its own, and judges the next result against it', async () => {
  await run(aCheck('a', 'a1'));
  await run(aCheck('a', 'a1', { status: 'critical', modifyIndex: 12 }));
  expect(statuses()).toEqual([]);
  await rig.clock.advance(10_000);
  expect(statuses()).toEqual(['passing']);
});

it('begins anew with a check that was removed and registered again', async () => {
  await run(aCheck('a', 'a1'));
  const ids = rig.ids();
  await run(aCheck('a', 'a1', { createIndex: 50, modifyIndex: 50 }));
  expect(rig.ids()).toBe(ids + 1);
  expect(rig.probed).toEqual(['a1:1', 'a1:1']);
});

describe('what changes nothing', () => {
  /** The events that a chart has handled since, oldest first. */
  const eventsOf = (actor: AnyActor | undefined): string[] => {
    const events: string[] = [];
    actor?.system.inspect(({ type, actorRef, ...inspected }: InspectionEvent) => {
      if (type === '@xstate.event' && actorRef === actor && 'event' in inspected) events.push(inspected.event.type);
    });
    return events;
  };
  const settle = async (output = 'it is passing'): Promise<{ actor: AnyActor | undefined; events: string[] }> => {
    await run(aCheck('a', 'a1', { output }));
    await rig.clock.advance(10_000);
    const actor = rig.roster.actorOf('a', aCheck('a', 'a1').key);
    return { actor, events: eventsOf(actor) };
  };

  it.each([
    ['known', 'it is passing'],
    ['waiting to be written', 'another'],
  ])('is probed at every tick, and not told, while its output is %s', async (_what, output) => {
    const { events } = await settle(output);
    const before = rig.probed.length;
    await rig.clock.advance(50_000);
    expect([rig.probed.length - before, events]).toEqual([5, []]);
  });

  it('ends with the first result that is another', async () => {
    const { events } = await settle();
    rig.targets.set('a1:1', 'critical');
    await rig.clock.advance(10_000);
    expect([events, statuses()]).toEqual([['check.probed', 'status.committed'], ['critical']]);
  });

  it('is told to those that somebody watches', async () => {
    const { actor, events } = await settle();
    rig.followed.add(actor);
    await rig.clock.advance(20_000);
    rig.followed.delete(actor);
    await rig.clock.advance(20_000);
    expect(events).toEqual(['check.due', 'check.probed', 'check.due', 'check.probed']);
  });
});

it('leaves a status alone when its probes cannot be sent, and says so once', async () => {
  const error = new EsmError('ESM_PROBE_UNSENT', 'cannot assign requested address (EADDRNOTAVAIL)');
  let isSent = true;
  const prober: Prober = {
    run: () =>
      Promise.resolve(isSent ? { type: 'measured', status: 'critical', output: 'down' } : { type: 'unsent', error }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  using other = startRoster({ prober });
  other.tell([aNode('a')], [aCheck('a', 'a1')]);
  await other.clock.advance(20_000);
  isSent = false;
  const before = other.committed.length;
  await other.clock.advance(60_000);
  expect(other.committed).toHaveLength(before);
  expect(other.roster.actorOf('a', aCheck('a', 'a1').key)?.getSnapshot()).toMatchObject({
    value: { status: { critical: 'untimed' } },
  });
  expect(other.log.messages('ERROR')).toEqual([
    'Cannot send TCP probes: cannot assign requested address (EADDRNOTAVAIL)',
  ]);
});
