/** A target that cannot make up its mind: three results for the worse change its status, or two for the better. */
import { assign, setup } from 'xstate';

type FlappingEvent =
  { type: 'result.passing' } | { type: 'result.warning' } | { type: 'result.critical' } | { type: 'check.edited' };

export const flappingModel = setup({
  types: {
    events: {} as FlappingEvent,
    /** How many results have spoken for a worse status, and how many for a better one. */
    context: {} as { readonly worse: number; readonly better: number },
  },
  actions: {
    countWorse: assign({ worse: ({ context }) => context.worse + 1 }),
    countBetter: assign({ better: ({ context }) => context.better + 1 }),
    countAgreed: assign(({ context: { worse, better } }) => ({
      worse: Math.max(0, worse - 1),
      better: Math.max(0, better - 1),
    })),
    forgetCounts: assign({ worse: 0, better: 0 }),
  },
  guards: {
    isWorseThrice: ({ context }) => context.worse === 2,
    isBetterTwice: ({ context }) => context.better === 1,
  },
}).createMachine({
  id: 'flapping',
  description: 'The status of a check whose target flaps, with critical_threshold 2 and passing_threshold 1.',
  context: { worse: 0, better: 0 },
  initial: 'passing',
  states: {
    passing: {
      description: 'The catalog says passing.',
      on: {
        'check.edited': 'passing',
        'result.passing': { actions: 'countAgreed' },
        'result.warning': [
          { guard: 'isWorseThrice', target: 'warning', actions: 'forgetCounts' },
          { actions: 'countWorse' },
        ],
        'result.critical': [
          { guard: 'isWorseThrice', target: 'critical', actions: 'forgetCounts' },
          { actions: 'countWorse' },
        ],
      },
    },
    warning: {
      description: 'The catalog says warning.',
      on: {
        'check.edited': 'warning',
        'result.passing': [
          { guard: 'isBetterTwice', target: 'passing', actions: 'forgetCounts' },
          { actions: 'countBetter' },
        ],
        'result.warning': { actions: 'countAgreed' },
        'result.critical': [
          { guard: 'isWorseThrice', target: 'critical', actions: 'forgetCounts' },
          { actions: 'countWorse' },
        ],
      },
    },
    critical: {
      description: 'The catalog says critical.',
      on: {
        'check.edited': 'critical',
        'result.passing': [
          { guard: 'isBetterTwice', target: 'passing', actions: 'forgetCounts' },
          { actions: 'countBetter' },
        ],
        'result.warning': [
          { guard: 'isBetterTwice', target: 'warning', actions: 'forgetCounts' },
          { actions: 'countBetter' },
        ],
        'result.critical': { actions: 'countAgreed' },
      },
    },
  },
});
