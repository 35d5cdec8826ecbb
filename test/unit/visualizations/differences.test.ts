import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { differencesOf } from '../../../visualizations/generator/differences.ts';

it('names the files that are missing, stale, or of a chart that is gone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pictures-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  for (const name of ['good.svg', 'stale.svg', 'gone.svg']) writeFileSync(join(folder, name), 'as it was');
  const files = new Map(Object.entries({ 'good.svg': 'as it was', 'stale.svg': 'as it is', 'new.svg': '' }));
  expect(await differencesOf(pathToFileURL(`${folder}/`), files)).toEqual([
    { name: 'gone.svg', reason: 'belongs to no chart' },
    { name: 'stale.svg', reason: 'is not that of the chart as it is' },
    { name: 'new.svg', reason: 'is missing' },
  ]);
});
