/** When a change of status counts, and when a change of output alone is written. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkOf, register, untilStatus } from '../support/catalog.ts';
import { startConsul, type TestConsul } from '../support/consul.ts';
import type { TestDaemon } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { createFleet, type Fleet } from '../support/fleet.ts';
import { broken, ok, startWeb, type Web } from '../support/web.ts';

let consul: TestConsul;
let web: Web;

beforeAll(async () => {
  consul = await startConsul();
  web = await startWeb();
});

afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await consul.stop();
});

/** Registers node and check by the fleet's name, at the path of that name. */
const registerCheck = (fleet: Fleet, status: string): Promise<unknown> =>
  register(consul, {
    node: fleet.name,
    meta: fleet.unpinged,
    checks: [
      {
        CheckID: 'check',
        Name: 'check',
        Status: status,
        Definition: { HTTP: web.url(`/${fleet.name}`), Interval: '1s' },
      },
    ],
  });

/** The results up to the first committed change of status, as the log tells them. */
const resultsBefore = (daemon: TestDaemon, status: string): string[] => {
  const lines = daemon.lines("Check '").map((line) => / is (.*)$/.exec(line)?.[1] ?? '');
  return lines.slice(0, lines.indexOf(`now ${status}`));
};

describe.concurrent('a check', () => {
  test('turns critical by the third failure, with critical_threshold = 2, a good result in between taking one back', async () => {
    const fleet = createFleet(consul, 'worse');
    const bad = [1, 2, 4, 5];
    web.answer('/worse', (nth) => (bad.includes(nth) ? broken() : nth < 6 ? ok() : broken()));
    await registerCheck(fleet, 'passing');
    await using daemon = await fleet.start('critical_threshold = 2');
    await untilStatus(consul, 'worse', 'check', 'critical');
    await daemon.until("Check 'worse/check' is now critical");
    expect(resultsBefore(daemon, 'critical')).toEqual(['critical', 'critical', 'passing', 'critical', 'critical']);
  });

  test('turns passing by the second success, with passing_threshold = 1', async () => {
    const fleet = createFleet(consul, 'better');
    await registerCheck(fleet, 'critical');
    await using daemon = await fleet.start('passing_threshold = 1');
    await untilStatus(consul, 'better', 'check', 'passing');
    await daemon.until("Check 'better/check' is now passing");
    expect(resultsBefore(daemon, 'passing')).toEqual(['passing', 'passing']);
  });

  test('whose output changes at every run has it written once in check_update_interval, the newest', async () => {
    const fleet = createFleet(consul, 'rare');
    web.answer('/rare', (nth) => ok(`run ${nth}`));
    await registerCheck(fleet, 'critical');
    await using _ = await fleet.start('check_update_interval = "3s"');
    const first = await untilStatus(consul, 'rare', 'check', 'passing');
    expect(first.Output).toMatch(/Output: run 1$/);
    const second = await eventually('the next writing', async () => {
      const check = await checkOf(consul, 'rare', 'check');
      return check !== undefined && check.ModifyIndex > first.ModifyIndex && check;
    });
    const run = Number(/Output: run (\d+)$/.exec(second.Output)?.[1]);
    expect(run).toBeGreaterThanOrEqual(4);
    expect(web.hits('/rare') - run).toBeLessThanOrEqual(1);
  });

  test('with check_update_interval = "0s" has every output written', async () => {
    const fleet = createFleet(consul, 'every');
    web.answer('/every', (nth) => ok(`run ${nth}`));
    await registerCheck(fleet, 'critical');
    await using _ = await fleet.start('check_update_interval = "0s"');
    for (const run of [1, 2, 3]) {
      await eventually(`output ${run}`, async () =>
        (await checkOf(consul, 'every', 'check'))?.Output.endsWith(`Output: run ${run}`),
      );
    }
  });

  test('whose output alone changed keeps the old one for 5 minutes by default, and a change of status brings the newest', async () => {
    const fleet = createFleet(consul, 'default');
    web.answer('/default', (nth) => (nth < 6 ? ok(`run ${nth}`) : broken(`run ${nth}`)));
    await registerCheck(fleet, 'critical');
    await using daemon = await fleet.start();
    const first = await untilStatus(consul, 'default', 'check', 'passing');
    await eventually('the third run', () => web.hits('/default') >= 3);
    expect(await checkOf(consul, 'default', 'check')).toEqual(first);
    const failed = await untilStatus(consul, 'default', 'check', 'critical');
    expect(failed.Output).toBe(`HTTP GET ${web.url('/default')}: 500 Internal Server Error Output: run 6`);
    await daemon.until('is now critical');
    expect(daemon.lines('is now')).toHaveLength(2);
  });
});
