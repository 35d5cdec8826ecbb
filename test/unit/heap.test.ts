import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { HEAP_FLAG } from '../../src/heap.ts';

it('is a flag that the V8 of this Node knows, which would ignore another in silence', () => {
  const [name = ''] = HEAP_FLAG.split('=');
  expect(execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' })).toContain(`${name} `);
});
