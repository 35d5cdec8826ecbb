import { defineConfig } from 'vitest/config';

// XState prints its warnings only in the development build; plain node loads the production one.
const execArgv = ['--conditions=development'];

const project = (name: string, testTimeout: number) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout,
    hookTimeout: 120_000,
    execArgv,
    environment: 'node',
  },
});

export default defineConfig({
  test: {
    projects: [
      project('unit', 10_000),
      project('machines', 10_000),
      project('integration', 60_000),
      // End to end is mostly waiting: more files at once than there are processors, and after the suites that reckon.
      { test: { ...project('e2e', 120_000).test, maxWorkers: 3, sequence: { groupOrder: 1 } } },
    ],
    pool: 'forks',
    coverage: { provider: 'v8', include: ['machines/**', 'src/**'] },
  },
});
