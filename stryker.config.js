/**
 * Mutation testing of the charts and their rules (docs/mutation.md): `npm run mutate`, or one file of it,
 * `npm run mutate -- --mutate machines/check.ts`. What is known of former runs is kept in `.cache/mutation`.
 */
export default {
  mutate: ['machines/**/*.ts', '!machines/index.ts'],
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.ts' },
  plugins: ['@stryker-mutator/vitest-runner', './test/mutation/prose.js', './test/mutation/survivors.js'],
  ignorers: ['prose'],
  coverageAnalysis: 'perTest',
  concurrency: 2,
  incremental: true,
  incrementalFile: '.cache/mutation/known.json',
  tempDirName: '.cache/mutation/sandbox',
  ignorePatterns: ['.cache', 'dist', 'visualizations', 'docs'],
  reporters: ['clear-text', 'progress-append-only', 'html', 'json', 'survivors'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: '.cache/mutation/report.html' },
  jsonReporter: { fileName: '.cache/mutation/report.json' },
  // A loop is found by its count of steps; this is for what merely waits, on a machine that has much else to do.
  timeoutMS: 60_000,
  thresholds: { high: 95, low: 90, break: 90 },
};
