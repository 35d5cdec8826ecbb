import { defineConfig } from 'vitest/config';

/**
 * What must notice a mutant: each chart's own suite, and those of the rules. Two suites only read the charts and would notice
 * every name that is gone, whatever it did; one plays hours of outage with several charts at once, to find what single ones miss.
 */
export default defineConfig({
  test: {
    include: ['test/machines/**/*.test.ts', 'test/unit/rules/**/*.test.ts'],
    exclude: ['graph', 'wiring', 'outage'].map((suite) => `test/machines/${suite}.test.ts`),
    execArgv: ['--conditions=development'],
    testTimeout: 60_000,
  },
});
