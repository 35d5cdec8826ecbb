import { describe, expect, it } from 'vitest';
import { checkReport, nodeRemoval, nodeReport, nodeSubject, serviceRemoval } from '../../../machines/rules/report.ts';
import { CHECK_ENTRY } from '../../support/check-chart.ts';

const { key, id } = CHECK_ENTRY;

describe('a check', () => {
  const said = { writeId: 'w', status: 'critical', output: 'refused' } as const;
  const REPORT = { type: 'check.report', id, status: 'critical', output: 'refused' };

  it.each([
    ['alone', undefined, false, [REPORT]],
    ['with the time to set', 5, true, [REPORT, { type: 'criticalSince.set', id, sinceMs: 5 }]],
    ['with the time to clear', undefined, true, [REPORT, { type: 'criticalSince.clear', id }]],
  ])('reports %s, as one group without a fence', (_, criticalSinceMs, hasDeadline, operations) => {
    const write = checkReport(key, id, { ...said, criticalSinceMs }, hasDeadline);
    expect(write).toEqual({ id: 'w', subject: key, isFenced: false, operations });
  });

  it('has its service removed behind a fence', () => {
    const operations = [{ type: 'service.remove', id }];
    expect(serviceRemoval('w', key, id)).toEqual({ id: 'w', subject: key, isFenced: true, operations });
  });
});

describe('a node', () => {
  it.each([
    ['passing', undefined, 'Node alive or reachable', { type: 'failingSince.clear', node: 'foo' }],
    ['critical', 5, 'Node not live or unreachable', { type: 'failingSince.set', node: 'foo', sinceMs: 5 }],
  ] as const)('reports %s in the words of the Go ESM, with its KV time', (status, failingSinceMs, output, time) => {
    expect(nodeReport('foo', 'p', { writeId: 'w', status, failingSinceMs })).toEqual({
      id: 'w',
      subject: nodeSubject('foo'),
      isFenced: false,
      operations: [{ type: 'node.report', node: 'foo', partition: 'p', status, output }, time],
    });
  });

  it('goes with its KV entry, behind a fence', () => {
    expect(nodeRemoval('w', 'foo', 'p')).toEqual({
      id: 'w',
      subject: nodeSubject('foo'),
      isFenced: true,
      operations: [
        { type: 'node.remove', node: 'foo', partition: 'p' },
        { type: 'failingSince.clear', node: 'foo' },
      ],
    });
  });

  it('has a subject that no check can have', () => {
    expect(nodeSubject('foo').split('\0')).toHaveLength(2);
    expect(key.split('\0')).toHaveLength(5);
  });
});
