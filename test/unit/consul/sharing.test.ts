import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseCheck } from '../../../src/consul/parse.ts';
import { sharing } from '../../../src/consul/sharing.ts';

const text = fc.constantFrom('', 'a', 'b');
const element = fc.record({
  Node: fc.constantFrom('n', 'm'),
  CheckID: fc.constant('c'),
  Name: text,
  Status: text,
  Output: text,
  Notes: text,
  ServiceTags: fc.array(text, { maxLength: 2 }),
  Definition: fc.dictionary(fc.constantFrom('HTTP', 'Interval'), text),
  CreateIndex: fc.constantFrom(1, 2),
  ModifyIndex: fc.constantFrom(1, 2),
});
const record = element.map(parseCheck).filter((parsed) => parsed !== undefined);

it('says what the record says, of which each part that equals the known one is the very same', () => {
  fc.assert(
    fc.property(record, record, (known, now) => {
      const shared = sharing(known, now);
      expect(shared).toStrictEqual(now);
      for (const part of ['id', 'definition', 'serviceTags'] as const) {
        const isEqual = known.key === now.key && isDeepStrictEqual(known[part], now[part]);
        expect(shared[part], part).toBe(isEqual ? known[part] : now[part]);
      }
    }),
    { numRuns: 500 },
  );
});

it('is the record itself when nothing is known', () => {
  const [now] = fc.sample(record, 1);
  expect(now && sharing(undefined, now)).toBe(now);
});
