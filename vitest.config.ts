import { defineConfig } from 'vitest/config';

// XState prints its warnings only in the development build; plain node loads the production one.
const execArgv = ['--conditions=development'];

const project = (name: string, testTimeout: number, folder = name) => ({
  test: {
    name,
    include: [`test/${folder}/**/*.test.ts`],
    testTimeout,
    hookTimeout: 120_000,
    execArgv,
    environment: 'node',
  },
});

/** Suites that leave nothing behind in the modules they load: loading these once for many files saves half of the processor time. */
const reckoning = (name: string) => ({ test: { ...project(name, 10_000).test, isolate: false, maxWorkers: 2 } });

const FLEET = 'integration/fleet';
const LONG = 'test/integration/**/*.long.test.ts';
const ALONE = `test/${FLEET}/*.alone.test.ts`;

/** Fleets are mostly waiting, and a fleet is several processes: as many at once as two processors can start in a moment. */
const fleets = {
  ...project('fleet', 180_000, FLEET).test,
  maxWorkers: 3,
  maxConcurrency: 4,
  sequence: { groupOrder: 2 },
};

export default defineConfig({
  test: {
    projects: [
      reckoning('unit'),
      reckoning('machines'),
      // Years of faults on a virtual clock. The young generation holds a run's rubbish: collecting it often costs a quarter more,
      // and XState's development build an eighth.
      {
        test: {
          ...project('simulation', 60_000).test,
          exclude: ['test/simulation/seeds/**'],
          execArgv: ['--max-semi-space-size=64'],
          maxWorkers: 2,
          sequence: { groupOrder: 5 },
        },
      },
      {
        test: {
          ...project('seeds', 10_000, 'simulation/seeds').test,
          globalSetup: 'test/simulation/seeds/start.ts',
          sequence: { groupOrder: 6 },
        },
      },
      { test: { ...project('model', 60_000).test, maxWorkers: 2, sequence: { groupOrder: 5 } } },
      // These are mostly waiting: more files at once than there are processors, and after the suites that reckon.
      {
        test: {
          ...project('integration', 60_000).test,
          exclude: [`test/${FLEET}/**`, LONG],
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
        },
      },
      { test: { ...project('e2e', 120_000).test, maxWorkers: 4, sequence: { groupOrder: 1 } } },
      { test: { ...fleets, exclude: [LONG, ALONE] } },
      // These hold the program to a bound of two seconds: nothing starts processes beside them.
      {
        test: {
          ...fleets,
          name: 'fleet-alone',
          include: [ALONE],
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
      // What takes minutes: `npm run test:faults` runs it, `npm test` does not.
      {
        test: {
          ...fleets,
          name: 'fleet-long',
          include: [LONG],
          testTimeout: 600_000,
          maxWorkers: 2,
          sequence: { groupOrder: 4 },
        },
      },
    ],
    pool: 'forks',
    coverage: { provider: 'v8', include: ['machines/**', 'src/**'] },
  },
});
