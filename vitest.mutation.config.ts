import { defineConfig } from 'vitest/config';

/**
 * What must notice a mutant: the suites that run the charts and the rules. The two that only read the charts would notice
 * every name that is gone, whatever it did.
 */
export default defineConfig({
  test: {
    include: ['test/machines/**/*.test.ts', 'test/unit/rules/**/*.test.ts'],
    exclude: ['test/machines/graph.test.ts', 'test/machines/wiring.test.ts'],
    execArgv: ['--conditions=development'],
    testTimeout: 10_000,
  },
});
