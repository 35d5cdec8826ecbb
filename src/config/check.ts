/** Holds one document against the schema. */
import { Ajv, type ErrorObject } from 'ajv';
import { parseGoDuration } from '../duration.ts';
import { parseListenAddress } from '../listen-address.ts';
import { toConsulUrl } from './address.ts';
import { allowedAt, foundAt } from './allowed.ts';
import type { Document } from './document.ts';
import { outline, type Outline } from './outline.ts';
import { dotted, pointerTo } from './pointer.ts';
import { byPlace, originIn, type Problem } from './problem.ts';
import { keyOf, SCHEMA, type KeyName } from './schema.ts';
import type { Key } from './schema/key.ts';
import type { Setting, Settings } from './settings.ts';
import { suggest } from './suggest.ts';

const ajv = new Ajv({
  allErrors: true,
  verbose: true,
  allowUnionTypes: true,
  // The schema is the program's own, and a test holds it to what a schema may be: at each start that would take longer than all else.
  meta: false,
  validateSchema: false,
  formats: {
    duration: (text: string) => parseGoDuration(text) !== undefined,
    address: (text: string) => toConsulUrl(text, false) !== undefined,
    'host:port': (text: string) => text === '' || parseListenAddress(text) !== undefined,
    // Whether a file is there and readable is asked once all files are merged.
    file: true,
    folder: true,
  },
});
ajv.addVocabulary(['env', 'secret', 'reload', 'later']);
ajv.addKeyword({
  keyword: 'atLeast',
  type: 'string',
  validate: (least: string, text: string) =>
    (parseGoDuration(text) ?? Infinity) >= (parseGoDuration(least) ?? -Infinity),
});

const validate = ajv.compile(SCHEMA);

const unknownKey = (document: Document, { spots }: Outline, error: ErrorObject): Problem => {
  const { additionalProperty: key } = error.params as { additionalProperty: string }; // safe: ajv's for this keyword
  const known = Object.keys((error.parentSchema as { properties: object }).properties); // safe: only our blocks forbid keys
  const guess = suggest(key, known);
  const spot = spots.get(pointerTo(error.instancePath, key));
  return {
    origin: originIn(document, spot?.keyOffset),
    key: dotted(pointerTo(error.instancePath, key)),
    sentence: `found an unknown key; ${guess === undefined ? 'allowed: the keys in docs/configuration.md' : `did you mean "${guess}"?`}`,
  };
};

const wrongValue = (document: Document, { spots }: Outline, error: ErrorObject): Problem => {
  const key = error.parentSchema as Key; // safe: every part of our schema is a Key
  const spot = spots.get(error.instancePath);
  const found = spot === undefined ? 'nothing' : foundAt(spot.value, key);
  return {
    origin: originIn(document, spot?.value.offset),
    key: dotted(error.instancePath),
    sentence: `found ${found}; allowed: ${allowedAt(key)}`,
  };
};

/** One problem a place: a value of the wrong type breaks several rules at once. */
const toProblems = (document: Document, laidOut: Outline): Problem[] => {
  const ofPlace = new Map<string, Problem>();
  for (const error of validate.errors ?? []) {
    const problem = (error.keyword === 'additionalProperties' ? unknownKey : wrongValue)(document, laidOut, error);
    if (!ofPlace.has(problem.key)) ofPlace.set(problem.key, problem);
  }
  return [...ofPlace.values()];
};

/** Wrong values are kept: a rule that joins two keys must know that both were meant to be set. */
const toSettings = (document: Document, laidOut: Outline): Settings => {
  const known = Object.entries(laidOut.settings).filter(([name]) => Object.hasOwn(SCHEMA.properties, name));
  return new Map(
    known.map(([name, value]): [KeyName, Setting] => [
      name as KeyName, // safe: `known` holds no other
      { value, origin: originIn(document, laidOut.spots.get(`/${name}`)?.value.offset), label: name },
    ]),
  );
};

/** What a document sets, and what is wrong with it. */
export const checkDocument = (document: Document): { settings: Settings; problems: readonly Problem[] } => {
  const laidOut = outline(document);
  const isValid = validate(laidOut.settings);
  const problems = [...laidOut.problems, ...(isValid ? [] : toProblems(document, laidOut))].sort(byPlace);
  return { settings: toSettings(document, laidOut), problems };
};

/** Is this what the schema allows at `name`? For values that come from elsewhere than a file. */
export const isAllowed = (name: KeyName, value: unknown): boolean => ajv.validate({ ...keyOf(name) }, value);
