import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { name, revision, version, versionLine } from '../../src/version.ts';

it('is what package.json says', () => {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(manifest).toMatchObject({ name, version });
  expect(version).toMatch(/^\d+\.\d+\.\d+/);
});

it('knows no revision when run from source', () => {
  expect(revision).toBe('unknown');
  expect(versionLine).toBe(`consul-esm ${version} (unknown)`);
});
