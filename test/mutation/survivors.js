import { readFileSync } from 'node:fs';

/** Where each survivor is listed with its reason. */
const PAGE = 'docs/mutation.md';

const SURVIVING = ['Survived', 'NoCoverage'];

/** One that ran out of time may be a survivor on a machine with much else to do. */
const UNDECIDED = [...SURVIVING, 'Timeout'];

const oneLine = (code) => code.replace(/\s+/g, ' ').trim();

/** The code that a mutant replaces; lines and columns count from 1. */
const textAt = (source, { start, end }) => {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  lines[lines.length - 1] = lines.at(-1).slice(0, end.column - 1);
  return lines.join('\n').slice(start.column - 1);
};

/** A mutant as the page lists it: by what it says, for lines move. */
const entryOf = (source, { location, replacement }) =>
  `\`${oneLine(textAt(source, location))}\` → \`${oneLine(replacement)}\``;

const entriesOf = ({ source, mutants }, statuses) =>
  new Set(mutants.filter(({ status }) => statuses.includes(status)).map((mutant) => entryOf(source, mutant)));

/** The section of a file: its heading is the file's path, each of its items is an entry, a colon and a reason. */
const listedFor = (page, file) => {
  const section = page.split(/^### /m).find((part) => part.startsWith(`\`${file}\`\n`)) ?? '';
  return new Set([...section.matchAll(/^- (`.*` → `.*`): /gm)].map(([, entry]) => entry));
};

const differencesIn = (page, [file, result]) => {
  const survivors = entriesOf(result, SURVIVING);
  const undecided = entriesOf(result, UNDECIDED);
  const listed = listedFor(page, file);
  return [
    ...[...survivors].filter((entry) => !listed.has(entry)).map((entry) => `${file}: ${entry} survived`),
    ...[...listed].filter((entry) => !undecided.has(entry)).map((entry) => `${file}: ${entry} is killed by now`),
  ];
};

/** Holds the page against what survived: fails the run while they differ. */
class SurvivorsReporter {
  onMutationTestReportReady({ files }) {
    const page = readFileSync(PAGE, 'utf8');
    const differences = Object.entries(files).flatMap((file) => differencesIn(page, file));
    if (differences.length === 0) return;
    process.stderr.write(`${PAGE} does not list what survived:\n${differences.join('\n')}\n`);
    process.exitCode = 1;
  }
}

export const strykerPlugins = [{ kind: 'Reporter', name: 'survivors', injectableClass: SurvivorsReporter }];
