import { expect, it } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import * as charts from '../../machines/index.ts';
import { assignmentLogic } from '../../src/actors/assignment.ts';
import { wireCheck, type CheckDeps } from '../../src/actors/check.ts';
import { leadershipLogic } from '../../src/actors/leadership.ts';
import { wireNode, type NodeDeps } from '../../src/actors/node.ts';
import { registrationLogic } from '../../src/actors/registration.ts';
import { sessionLogic } from '../../src/actors/session.ts';
import { watchlistLogic } from '../../src/actors/watchlist.ts';
import { createWriter } from '../../src/actors/writer.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Committer, Fleet, Lock, Registrar } from '../../src/consul/consul.ts';
import { createDaemon } from '../../src/daemon.ts';
import { unwiredNames } from '../support/conventions.ts';
import { createRecordedLog } from '../support/recorded-log.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const clock = createVirtualClock();
const random = (): number => 0;
const watch = () => ({ stop: () => undefined, wake: () => undefined });
const catalog = { watchNodes: watch, watchShare: watch };
// safe: wiring calls nothing of these
const fleet = {} as Fleet;
const lock = {} as Lock;
const registrar = {} as Registrar;
const committer = {} as Committer;
const checkDeps = {} as CheckDeps;
const nodeDeps = {} as NodeDeps;
const desk = createWriter({ committer, clock, random, actor: () => undefined });

it.each<{ chart: AnyStateMachine; wired: AnyStateMachine; spawned?: readonly string[] }>([
  { chart: charts.assignmentMachine, wired: assignmentLogic({ fleet, catalog, clock, random }) },
  { chart: charts.checkMachine, wired: wireCheck(checkDeps, new Map()) },
  { chart: charts.leadershipMachine, wired: leadershipLogic({ fleet, lock, catalog, clock, random }) },
  { chart: charts.nodeMachine, wired: wireNode(nodeDeps, new Map()), spawned: ['check'] },
  { chart: charts.registrationMachine, wired: registrationLogic({ registrar, random }) },
  { chart: charts.sessionMachine, wired: sessionLogic({ lock, random }) },
  { chart: charts.watchlistMachine, wired: watchlistLogic({ catalog, random }) },
  { chart: charts.writerMachine, wired: desk.logic },
])('every name in the chart $chart.id has a meaning', ({ chart, wired, spawned }) => {
  expect(unwiredNames(chart, wired, spawned)).toEqual([]);
});

it('every name in the chart daemon has a meaning', async () => {
  const { config } = await loadConfig([], {});
  await using wired = await createDaemon(config, { log: createRecordedLog() });
  expect(unwiredNames(charts.daemonMachine, wired.actor.logic)).toEqual([]);
});
