import { expect, it } from 'vitest';
import { createComplaints } from '../../../src/actors/complaints.ts';
import { EsmError } from '../../../src/errors.ts';
import { createRecordedLog } from '../../support/recorded-log.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const setUp = () => {
  const clock = createVirtualClock();
  const log = createRecordedLog();
  return {
    clock,
    complaints: createComplaints(log, clock),
    lines: () => log.lines.map((line) => `${line.level} ${line.message}`),
  };
};
const unsent = (message: string): EsmError => new EsmError('ESM_PROBE_UNSENT', message);

it('tells trouble once for each kind, and again when it is another', () => {
  const { complaints, lines } = setUp();
  for (const message of ['too many files', 'too many files', 'no memory']) complaints.unsent('TCP', unsent(message));
  complaints.unsent('ping', unsent('too many files'));
  expect(lines()).toEqual([
    'ERROR Cannot send TCP probes: too many files',
    'ERROR Cannot send TCP probes: no memory',
    'ERROR Cannot send ping probes: too many files',
  ]);
});

it('tells the end once, when none has failed for a minute', async () => {
  const { clock, complaints, lines } = setUp();
  complaints.sent('TCP');
  complaints.unsent('TCP', unsent('too many files'));
  await clock.advance(59_999);
  complaints.sent('TCP');
  expect(lines()).toHaveLength(1);
  await clock.advance(1);
  complaints.sent('ping');
  complaints.sent('TCP');
  complaints.sent('TCP');
  expect(lines().slice(1)).toEqual(['INFO Can send TCP probes again']);
});
