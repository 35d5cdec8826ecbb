import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { HEAP_FLAGS } from '../../src/heap.ts';

it.each(HEAP_FLAGS)('%s is a flag that the V8 of this Node knows, which would ignore another in silence', (flag) => {
  const [name = ''] = flag.split('=');
  const known = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
  expect(known).toContain(`${name.replace('--no-', '--')} `);
});
