import { expect, it } from 'vitest';

it('every chart can be built: one with a target that does not exist throws', async () => {
  await expect(import('../../machines/index.ts')).resolves.toHaveProperty('daemonMachine');
});
