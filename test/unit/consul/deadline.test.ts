import { describe, expect, it } from 'vitest';
import { withDeadline } from '../../../src/consul/deadline.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

/** As clients do: hangs until it is aborted, and then says only that. */
const hang = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Error('request aborted'));
    });
  });

const setUp = (task: (signal: AbortSignal) => Promise<string>) => {
  const [clock, caller] = [createVirtualClock(), new AbortController()];
  return { clock, caller, result: withDeadline(clock, 1_000, caller.signal, task) };
};

describe('a deadline', () => {
  it('tells the time-out, not that the client was aborted', async () => {
    const { clock, result } = setUp(hang);
    const told = expect(result).rejects.toThrow('nothing within 1000 ms');
    await clock.advance(1_000);
    await told;
  });

  it('takes an answer that came in while the process stood still', async () => {
    const clock = createVirtualClock();
    const arrived = (): Promise<string> => new Promise((resolve) => setImmediate(resolve, 'done'));
    const result = withDeadline(clock, 1_000, new AbortController().signal, arrived);
    clock.stall(5_000);
    await clock.advance(0);
    expect(await result).toBe('done');
    expect(clock.pending).toBe(0);
  });

  it('gives up a second after such a pause: the connection may be gone', async () => {
    const { clock, result } = setUp(hang);
    const told = expect(result).rejects.toThrow('nothing within 1000 ms');
    clock.stall(600_000);
    await clock.advance(999);
    expect(clock.pending).toBe(1);
    await clock.advance(1);
    expect(clock.pending).toBe(0);
    await told;
  });

  it("passes the caller's reason on", async () => {
    const { caller, result } = setUp(hang);
    caller.abort('enough');
    await expect(result).rejects.toBe('enough');
  });

  it('lets result and failure through, and leaves no timer', async () => {
    const done = setUp(() => Promise.resolve('done'));
    expect(await done.result).toBe('done');
    const failed = setUp(() => Promise.reject(new Error('refused')));
    await expect(failed.result).rejects.toThrow('refused');
    expect(done.clock.pending + failed.clock.pending).toBe(0);
  });
});
