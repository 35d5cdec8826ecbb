import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckStatus } from '../../../machines/model.ts';
import { count, isTurning, NO_COUNTERS, type Thresholds } from '../../../machines/rules/threshold.ts';

const STATUSES = ['passing', 'warning', 'critical'] as const;
const aStatus = fc.constantFrom(...STATUSES);

/** A check as section 5 of the contract describes it: status and counters after each result. */
const follow = (start: CheckStatus, thresholds: Thresholds, results: readonly CheckStatus[]) => {
  let status = start;
  let counters = NO_COUNTERS;
  return results.map((result) => {
    const turned = isTurning(counters, status, result, thresholds);
    counters = turned ? NO_COUNTERS : count(counters, status, result);
    if (turned) status = result;
    return { status, ...counters };
  });
};

describe('critical_threshold = 3', () => {
  it('follows the table of the documentation', () => {
    const table: [result: CheckStatus, worse: number][] = [
      ['passing', 0],
      ['critical', 1],
      ['critical', 2],
      ['passing', 1],
      ['critical', 2],
      ['critical', 3],
      ['passing', 2],
      ['critical', 3],
    ];
    const steps = follow('passing', { passing: 0, critical: 3 }, [...table.map(([result]) => result), 'critical']);
    expect(steps.slice(0, -1)).toEqual(table.map(([, worse]) => ({ status: 'passing', worse, better: 0 })));
    expect(steps.at(-1)).toEqual({ status: 'critical', worse: 0, better: 0 });
  });
});

describe('passing_threshold = 3', () => {
  it('follows the same table the other way round', () => {
    const results = ['passing', 'passing', 'critical', 'passing', 'passing', 'critical', 'passing'] as const;
    const steps = follow('critical', { passing: 3, critical: 0 }, [...results, 'passing']);
    expect(steps.slice(0, -1).map(({ better }) => better)).toEqual([1, 2, 1, 2, 3, 2, 3]);
    expect(steps.at(-1)).toEqual({ status: 'passing', worse: 0, better: 0 });
  });
});

describe('warning', () => {
  it('has both counters; an equal result lowers both, a result to one side leaves the other alone', () => {
    const steps = follow('warning', { passing: 5, critical: 5 }, [
      'critical',
      'passing',
      'passing',
      'warning',
      'warning',
      'warning',
    ]);
    expect(steps.map(({ worse, better }) => [worse, better])).toEqual([
      [1, 0],
      [1, 1],
      [1, 2],
      [0, 1],
      [0, 0],
      [0, 0],
    ]);
  });

  it('the latest result is the new status, whatever the ones before it were', () => {
    const steps = follow('passing', { passing: 0, critical: 1 }, ['critical', 'warning']);
    expect(steps.at(-1)).toEqual({ status: 'warning', worse: 0, better: 0 });
  });
});

describe('counters beyond a threshold that was lowered', () => {
  const thresholds = { passing: 3, critical: 0 };

  it.each<[current: CheckStatus, result: CheckStatus, expected: boolean]>([
    ['warning', 'warning', false],
    ['warning', 'passing', false],
    ['warning', 'critical', true],
  ])('let %s at %s turn: %s', (current, result, expected) => {
    expect(isTurning({ worse: 3, better: 0 }, current, result, thresholds)).toBe(expected);
  });
});

describe('a check that nothing speaks against', () => {
  it('has no counters of its own: there may be 50,000 of them', () => {
    expect(count(NO_COUNTERS, 'passing', 'passing')).toBe(NO_COUNTERS);
  });
});

describe('any results', () => {
  const any = {
    start: aStatus,
    passing: fc.nat(5),
    critical: fc.nat(5),
    results: fc.array(aStatus, { maxLength: 40 }),
  };

  it('without thresholds each result is the status', () => {
    fc.assert(
      fc.property(aStatus, fc.array(aStatus), (start, results) => {
        expect(follow(start, { passing: 0, critical: 0 }, results).map(({ status }) => status)).toEqual(results);
      }),
    );
  });

  it('counters stay between 0 and their threshold', () => {
    fc.assert(
      fc.property(fc.record(any), ({ start, passing, critical, results }) => {
        for (const { worse, better } of follow(start, { passing, critical }, results)) {
          expect(worse >= 0 && worse <= critical && better >= 0 && better <= passing).toBe(true);
        }
      }),
    );
  });

  it('threshold + 1 equal results in a row always turn the status to theirs, from no counters', () => {
    fc.assert(
      fc.property(aStatus, aStatus, fc.nat(5), fc.nat(5), (start, result, passing, critical) => {
        const needed = 1 + (STATUSES.indexOf(result) > STATUSES.indexOf(start) ? critical : passing);
        const steps = follow(start, { passing, critical }, Array<CheckStatus>(needed).fill(result));
        expect(steps.at(-1)?.status).toBe(result);
        for (const { status } of steps.slice(0, -1)) expect(status).toBe(start);
      }),
    );
  });
});
