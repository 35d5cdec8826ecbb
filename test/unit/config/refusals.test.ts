import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { EsmError } from '../../../src/errors.ts';
import { REFUSALS } from './refusals.ts';

const FOLDER = 'test/fixtures/config/invalid';
const SECRET = 'b1gs3cret';

const refusalOf = async (path: string): Promise<EsmError> => {
  const answer: unknown = await loadConfig([path], {}).catch((error: unknown) => error);
  if (answer instanceof EsmError) return answer;
  throw new Error(`${path} was not refused: ${String(answer)}`);
};

describe('a configuration that is refused', () => {
  it.each(Object.entries(REFUSALS))('%s', async (file, lines) => {
    const path = `${FOLDER}/${file}`;
    const refusal = await refusalOf(path);
    expect(refusal.code).toBe('ESM_CONFIG_INVALID');
    expect(refusal.message).toBe(lines.map((line) => path + line).join('\n'));
  });

  it('has its message here, whatever file is added', () => {
    expect(Object.keys(REFUSALS)).toEqual(readdirSync(FOLDER).sort());
  });

  it('never shows a secret', () => {
    expect(JSON.stringify(Object.values(REFUSALS))).not.toContain(SECRET);
    expect(JSON.stringify(Object.values(REFUSALS))).not.toContain('271828');
  });

  it('tells the problems of all files', async () => {
    const paths = [`${FOLDER}/unknown-key.hcl`, 'no/such/file.hcl', `${FOLDER}/broken-list.hcl`];
    const { message } = await loadConfig(paths, {}).then(
      () => ({ message: 'accepted' }),
      (error: unknown) => error as EsmError, // safe: loadConfig promises it
    );
    expect(message.split('\n')).toEqual([
      `${FOLDER}/unknown-key.hcl:3:1: tokn: found an unknown key; did you mean "token"?`,
      'no/such/file.hcl: does not exist; allowed: a readable file or folder',
      `${FOLDER}/broken-list.hcl:2:25: found a string; allowed: a comma or the end of the list`,
    ]);
  });
});
