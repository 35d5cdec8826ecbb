import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { SCHEMA } from '../../../src/config/schema.ts';

it('is a schema: the program takes its own for one unlooked at', () => {
  const ajv = new Ajv({ strict: false });
  expect(ajv.validateSchema(SCHEMA), JSON.stringify(ajv.errors)).toBe(true);
});
