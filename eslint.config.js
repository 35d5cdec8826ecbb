import tseslint from 'typescript-eslint';
import { createNodeResolver } from 'eslint-plugin-import-x';
import importX from 'eslint-plugin-import-x';

/** Which folders may import which: the arrows of docs/architecture.md. A pattern listed here is forbidden. */
const forbid = (files, group, message) => ({
  files,
  rules: {
    'no-restricted-imports': ['error', { patterns: group.map((pattern) => ({ regex: pattern, message })) }],
  },
});

const NODE = '^node:';
const TESTS = '/(test|visualizations)/';
const MAIN = '/main\\.ts$';

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'coverage/',
      '.cache/',
      'node_modules/',
      'eslint.config.js',
      'stryker.config.js',
      'test/mutation/*.js',
      'test/fixtures/',
      'visualizations/*.ts',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.js'] })] },
    rules: {
      'import-x/no-cycle': 'error',
      'no-console': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/dot-notation': 'off',
      // XState's `actors` wants an index signature, which interfaces lack.
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['machines/**/*.ts', 'src/**/*.ts'],
    ignores: ['src/clock.ts', 'src/dev/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
          message: 'Time enters through the clock port (src/clock.ts).',
        },
        {
          selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
          message: 'Randomness enters through the random port (src/clock.ts).',
        },
        {
          selector: 'CallExpression[callee.name=/^(setTimeout|setInterval|setImmediate)$/]',
          message: 'Timers enter through the clock port (src/clock.ts).',
        },
      ],
    },
  },
  forbid(
    ['machines/rules/**/*.ts'],
    [NODE, '^xstate', '/src/', '^\\.\\./(?!model\\.ts$)'],
    'Rules are plain functions over the model.',
  ),
  forbid(
    ['machines/*.ts'],
    [NODE, '/src/', '^(?!xstate$|\\./)'],
    'Charts import xstate, the model, rules and other charts only.',
  ),
  forbid(
    ['src/config/**/*.ts'],
    ['^xstate', '/(actors|consul|probes|observe|dev|machines)/', TESTS, MAIN],
    'Configuration knows ajv, the HCL parsers and errors only.',
  ),
  forbid(
    ['src/consul/**/*.ts'],
    ['^xstate', '/(actors|config|probes|observe|dev)/', TESTS, MAIN],
    'The conversation with Consul knows its clients, errors and the model only.',
  ),
  forbid(
    ['src/probes/**/*.ts'],
    ['^xstate', '/(actors|config|consul|observe|dev)/', TESTS, MAIN],
    'Probes know sockets, errors and the model only.',
  ),
  forbid(
    ['src/actors/**/*.ts'],
    ['/(config|dev)/', TESTS, MAIN],
    'Actors join charts to Consul and probes, and never read configuration.',
  ),
  forbid(
    ['src/observe/**/*.ts'],
    ['^xstate', '/(actors|config|consul|probes|dev)/', TESTS, MAIN],
    'Observation knows pino and the model only.',
  ),
  forbid(['src/*.ts', 'src/dev/**/*.ts'], [TESTS, MAIN], 'Nothing imports main, the tests or the pictures.'),
  {
    files: ['visualizations/generator/main.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-console': 'off',
    },
  },
);
