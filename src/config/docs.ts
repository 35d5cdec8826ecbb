/** Writes docs/configuration.md from the schema: `npx tsx src/config/docs.ts > docs/configuration.md`. */
import { GROUPS } from './schema.ts';
import { ENVIRONMENT_ONLY } from './schema/environment.ts';
import type { Key, Keys } from './schema/key.ts';

const INTRODUCTION = `# Configuration

All keys, their defaults, and the variables that set them. This page is written from \`src/config/schema\` by
\`npx tsx src/config/docs.ts\`; a test holds it against the schema.

Files are HCL 1, HCL 2 or JSON, told apart by what they hold. \`-config-file\` names a file, \`-config-dir\` a folder whose
\`.hcl\` and \`.json\` files are read in the order of their names, not deeper; both may be given several times. A later setting
wins over an earlier one, a file over the environment, the environment over the default. \`external_node_meta\` and
\`telemetry\` are replaced whole. An empty string counts as not set.

Durations are written as in Go: \`"72h"\`, \`"1h30m"\`, \`"1.5s"\`, \`"100ms"\`. Unknown keys, keys given twice and wrong values
are refused with exit code 11, and every problem of every file is told at once, with its place.

SIGHUP reads the same files again. Keys marked *reload* take effect at once, the others at the next start. Keys marked *later*
are accepted and checked, but have no effect yet. Values marked *secret* are never shown.
`;

const cell = (text: string): string => text.replaceAll('|', '\\|');

const defaultOf = (key: Key): string => {
  if ('properties' in key) return '`{}`';
  if (key.type === 'object') {
    return cell(
      `\`{ ${Object.entries(key.default)
        .map(([name, value]) => `"${name}" = "${value}"`)
        .join(', ')} }\``,
    );
  }
  return `\`${JSON.stringify(key.default)}\``;
};

const typeOf = (key: Key): string => {
  if (key.type === 'string') return `${key.format ?? 'string'}${key.atLeast === undefined ? '' : ` >= ${key.atLeast}`}`;
  if (typeof key.type !== 'string') return `"auto" or integer >= ${key.minimum}`;
  if (key.type === 'integer') return `integer >= ${key.minimum}`;
  if (key.type === 'array') return 'list of strings';
  if (key.type === 'object') return 'properties' in key ? 'block' : 'block of strings';
  return key.type;
};

const meaningOf = (key: Key): string => {
  const words = key.type === 'string' && key.enum !== undefined ? [`One of ${key.enum.join(', ')}.`] : [];
  const variable = key.env === undefined ? [] : [`Variable: \`${key.env}\`.`];
  const marks = (['reload', 'later', 'secret'] as const).filter((mark) => key[mark] === true);
  const marked = marks.length === 0 ? [] : [`*${marks.join(', ')}*`];
  return cell([key.description, ...words, ...variable, ...marked].join(' '));
};

const table = (keys: Keys): string =>
  [
    '| Key | Type | Default | Meaning |',
    '| --- | --- | --- | --- |',
    ...Object.entries(keys).map(
      ([name, key]) => `| \`${name}\` | ${typeOf(key)} | ${defaultOf(key)} | ${meaningOf(key)} |`,
    ),
  ].join('\n');

const blocks = (keys: Keys): string[] =>
  Object.entries(keys).flatMap(([name, key]) =>
    'properties' in key ? [`### The block \`${name}\`\n\n${table(key.properties)}\n`] : [],
  );

const variables = (): string =>
  [
    '| Variable | Meaning |',
    '| --- | --- |',
    ...Object.entries(ENVIRONMENT_ONLY).map(([name, text]) => `| \`${name}\` | ${text} |`),
  ].join('\n');

/** The whole page, as Markdown. */
export const configurationPage = (): string =>
  [
    INTRODUCTION,
    ...Object.entries(GROUPS).flatMap(([title, keys]) => [`## ${title}\n\n${table(keys)}\n`, ...blocks(keys)]),
    `## Only in the environment\n\n${variables()}\n`,
  ].join('\n');

const summaryRow = ([name, key]: [string, Key]): string =>
  `| \`${name}\` | ${defaultOf(key)} | ${cell(key.description)} |`;

/** The keys that have an effect, shorter, for the README. */
export const configurationSummary = (): string =>
  [
    '| Key | Default | Meaning |',
    '| --- | --- | --- |',
    ...Object.values<Keys>(GROUPS)
      .flatMap((keys) => Object.entries(keys))
      .filter(([, key]) => key.later !== true)
      .map(summaryRow),
  ].join('\n');

if (import.meta.filename === process.argv[1]) process.stdout.write(configurationPage());
