import { expect, it } from 'vitest';
import { createCheckList, type CheckDifference } from '../../../src/consul/check-list.ts';
import { systemClock } from '../../../src/clock.ts';

const answer = (body: string) => ({ status: 200, index: 1, isFiltered: false, body: Buffer.from(body) });
const check = (id: string, more: object = {}) => ({ Node: 'n', CheckID: id, Status: 'passing', ...more });
const json = (...checks: readonly object[]) => answer(JSON.stringify(checks));
const told = ({ isWhole, changed, gone, size }: CheckDifference) => ({
  isWhole,
  changed: changed.map(({ id, status }) => `${id.checkId} ${status}`),
  gone: gone.map((key) => key.split('\0').at(-1)),
  size,
});

const listAfter = async (first: ReturnType<typeof answer>) => {
  const list = createCheckList('watching', systemClock);
  const difference = await list.read(first, false);
  difference.keep();
  return { list, first: told(difference) };
};

it('tells a first answer whole, and of the next what is new, other or gone', async () => {
  const { list, first } = await listAfter(json(check('a'), check('b'), check('c')));
  expect(first).toEqual({ isWhole: true, changed: ['a passing', 'b passing', 'c passing'], gone: [], size: 3 });
  const next = await list.read(json(check('b', { Status: 'critical' }), check('c'), check('d')), false);
  expect(told(next)).toEqual({ isWhole: false, changed: ['b critical', 'd passing'], gone: ['a'], size: 3 });
});

it.each(['[]', 'null', ' null\n'])('tells %j as the end of all', async (body) => {
  const { list } = await listAfter(json(check('a')));
  expect(told(await list.read(answer(body), false))).toEqual({ isWhole: false, changed: [], gone: ['a'], size: 0 });
});

it('holds the next answer against what was taken in, not against what was merely read', async () => {
  const { list } = await listAfter(json(check('a')));
  await list.read(json(), false);
  expect(told(await list.read(json(check('a')), false))).toMatchObject({ changed: [], gone: [] });
});

it('gives room for an answer beside the one that it is held against', async () => {
  const list = createCheckList('watching', systemClock);
  const read = async (...checks: readonly object[]) => {
    const room = list.room();
    if (room.buffer.length === 0) room.buffer = Buffer.alloc(1_000);
    const length = room.buffer.write(JSON.stringify(checks));
    const difference = await list.read({ ...answer(''), body: room.buffer.subarray(0, length) }, false);
    difference.keep();
    return told(difference);
  };
  await read(check('a'), check('b'));
  expect(await read(check('b'), check('c'))).toMatchObject({ changed: ['c passing'], gone: ['a'] });
  expect(await read(check('b'))).toMatchObject({ changed: [], gone: ['c'] });
});

it('tells all of it when it is to be read anew', async () => {
  const { list } = await listAfter(json(check('a')));
  expect(told(await list.read(json(check('a')), true))).toMatchObject({ isWhole: true, changed: ['a passing'] });
});

it.each([
  ['spaced by another server', `[ ${JSON.stringify(check('a'))} ]`, ['a passing']],
  ['with its fields in another order', '[{"CheckID":"a","Node":"n"}]', ['a ']],
  ['with the border within', '[{"Node":"n","CheckID":"a","X":[{},{"Node":"x"}]}]', ['a ']],
])('reads a list %s as a whole each time', async (_, body, changed) => {
  const { list } = await listAfter(json(check('z')));
  const difference = await list.read(answer(body), false);
  expect(told(difference)).toMatchObject({ isWhole: true, changed });
  difference.keep();
  expect(told(await list.read(json(check('a')), false))).toMatchObject({ isWhole: true });
});

it.each(['', '{', '{}', '[{"Node":"n"', '"text"'])(
  'refuses %j, and holds the next against the one before',
  async (body) => {
    const { list } = await listAfter(json(check('a')));
    await expect(list.read(answer(body), false)).rejects.toMatchObject({ code: 'ESM_CONSUL_UNAVAILABLE' });
    expect(told(await list.read(json(check('a')), false))).toMatchObject({ isWhole: false, changed: [] });
  },
);

it('tells how much of the time that it took was left to others', async () => {
  let nowMs = 0;
  const busy = {
    ...systemClock,
    now: () => (nowMs += 10), // longer than a turn may take: every breath is one
    afterPoll(call: () => void) {
      nowMs += 1_000;
      setImmediate(call);
    },
  };
  const list = createCheckList('watching', busy);
  expect(list.pausedMs).toBe(0);
  const startedMs = nowMs;
  await list.read(json(...Array.from({ length: 1_000 }, (_, index) => check(`c${index}`))), false);
  expect(list.pausedMs).toBeGreaterThanOrEqual(1_000);
  expect(nowMs - startedMs - list.pausedMs).toBeLessThan(1_000);
});
