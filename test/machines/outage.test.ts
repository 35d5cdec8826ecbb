/** A removal that is owed while Consul is down must not take effect on what has recovered meanwhile. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startCheckChart, CHECK_ENTRY, type CheckChart } from '../support/check-chart.ts';
import { NODE_ENTRY, startNodeChart, type NodeChart } from '../support/node-chart.ts';
import { startOutageWriter, type OutageWriter } from '../support/outage.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const DEADLINE_MS = 30_000;
const TIMEOUT_MS = NODE_ENTRY.settings.nodeReconnectTimeoutMs;
const OUTAGE_MS = 7_200_000;
const HANG_MS = 5_000;

let clock = createVirtualClock();
let writer: OutageWriter;

beforeEach(() => {
  clock = createVirtualClock();
});

afterEach(() => {
  writer.stop();
});

/** When the target recovers: while the removal's transaction hangs, or while it waits in a back-off. */
const MOMENTS = [
  ['while the transaction hangs', HANG_MS / 2],
  ['while the removal waits', HANG_MS + 100],
] as const;

describe('service.remove', () => {
  let check: CheckChart;

  const owe = async (passing: number): Promise<void> => {
    writer = startOutageWriter(clock, (answer) => {
      check.actor.send(answer);
    });
    const settings = { ...CHECK_ENTRY.settings, thresholds: { passing, critical: 0 } };
    check = startCheckChart({ deregisterAfterMs: DEADLINE_MS, settings }, { clock, writer });
    check.probe('critical');
    await clock.advance(0);
    await clock.advance(DEADLINE_MS);
    writer.cutOff(HANG_MS);
    check.probe('critical');
    expect(check.status()).toEqual({ deregister: 'removing' });
    await clock.advance(0);
  };

  afterEach(() => {
    check.actor.stop();
  });

  it('takes effect after the outage when nothing has recovered', async () => {
    await owe(0);
    await clock.advance(OUTAGE_MS);
    check.probe('critical');
    writer.restore();
    await clock.advance(HANG_MS + 10_000);
    expect(writer.effects).toContain('service.remove');
    expect(check.status()).toEqual({ deregister: 'removed' });
  });

  it.each(MOMENTS)('never, when the target answers %s', async (_, afterMs) => {
    await owe(0);
    await clock.advance(afterMs);
    check.probe('passing');
    await clock.advance(OUTAGE_MS);
    writer.restore();
    await clock.advance(HANG_MS + 10_000);
    expect(writer.effects).not.toContain('service.remove');
    expect(check.status()).toBe('passing');
  });

  it.each(MOMENTS)('never, when the target answers once %s and passing_threshold wants more', async (_, afterMs) => {
    await owe(3);
    await clock.advance(afterMs);
    check.probe('passing', 'critical'); // the same words: no report of the output takes the removal's place
    await clock.advance(OUTAGE_MS);
    writer.restore();
    await clock.advance(HANG_MS + 10_000);
    expect(writer.effects).not.toContain('service.remove');
  });

  it.each(MOMENTS)('never, when the target answers %s and fails again: its time counts anew', async (_, afterMs) => {
    await owe(0);
    await clock.advance(afterMs);
    check.probe('passing');
    await clock.advance(OUTAGE_MS);
    check.probe('critical');
    check.probe('critical');
    writer.restore();
    await clock.advance(HANG_MS + 10_000);
    expect(writer.effects).not.toContain('service.remove');
    expect(check.status()).toEqual({ critical: 'timed' });
  });
});

describe('node.remove', () => {
  let node: NodeChart;

  const owe = async (): Promise<void> => {
    writer = startOutageWriter(clock, (answer) => {
      node.actor.send(answer);
    });
    node = startNodeChart({}, { clock, writer });
    node.ping(false);
    await clock.advance(0);
    await clock.advance(TIMEOUT_MS);
    writer.cutOff(HANG_MS);
    node.ping(false);
    expect(node.state()).toEqual({ reaping: 'removing' });
    await clock.advance(0);
  };

  afterEach(() => {
    node.actor.stop();
  });

  it('takes effect after the outage when the node has stayed silent, refreshes or not', async () => {
    await owe();
    await clock.advance(OUTAGE_MS);
    node.ping(false);
    writer.restore();
    await clock.advance(HANG_MS + 10_000);
    expect(writer.effects).toContain('node.remove');
    expect(node.state()).toEqual({ reaping: 'removed' });
  });

  it.each(MOMENTS)('never, when the node answers %s', async (_, afterMs) => {
    await owe();
    await clock.advance(afterMs);
    node.ping(true);
    await clock.advance(OUTAGE_MS);
    writer.restore();
    await clock.advance(HANG_MS + 10_000);
    expect(writer.effects).not.toContain('node.remove');
    expect(node.state()).toBe('alive');
  });

  it.each(MOMENTS)('never, when it is not to be pinged any more, told %s', async (_, afterMs) => {
    await owe();
    await clock.advance(afterMs);
    node.tell({ type: 'node.updated', isProbed: false });
    await clock.advance(OUTAGE_MS);
    writer.restore();
    await clock.advance(HANG_MS + 10_000);
    expect(writer.effects).not.toContain('node.remove');
    expect(node.state()).toBe('unprobed');
  });
});
