/**
 * `npm run bench [-- NAME...] [-- --json]`: takes the figures of docs/performance.md, or by its name those of
 * docs/operations.md, and prints them beside what is aimed at.
 * Asserts nothing; ends non-zero only when something could not be measured.
 */
import { parseArgs } from 'node:util';
import { describeMachine } from './machine.ts';
import type { Figure, Measure } from './measure.ts';
import { discovery } from './measures/discovery.ts';
import { fleet } from './measures/fleet.ts';
import { flips } from './measures/flips.ts';
import { following } from './measures/following.ts';
import { inspection } from './measures/inspection.ts';
import { load } from './measures/load.ts';
import { probes } from './measures/probe.ts';
import { rates } from './measures/rate.ts';
import { removal } from './measures/removal.ts';
import { scale } from './measures/scale.ts';
import { soak } from './measures/soak.ts';
import { start } from './measures/start.ts';
import { status } from './measures/status.ts';
import { asJson, asTable } from './report.ts';

const MEASURES: readonly Measure[] = [
  start,
  discovery,
  removal,
  status,
  load,
  ...probes,
  ...rates,
  ...scale,
  following,
  flips,
];

/** Of another page, or an hour long: these want to be named. */
const ON_REQUEST: readonly Measure[] = [fleet, inspection, soak];
const ALL = [...MEASURES, ...ON_REQUEST];

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' } } });
/** `probe` means `probe-http` and its kin. */
const isMeant = (wanted: string, { name }: Measure): boolean => name === wanted || name.startsWith(`${wanted}-`);
const chosen =
  positionals.length === 0 ? MEASURES : ALL.filter((measure) => positionals.some((wanted) => isMeant(wanted, measure)));
const unknown = positionals.filter((wanted) => !ALL.some((measure) => isMeant(wanted, measure)));
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(', ')}. There are:`);
  for (const { name, about } of ALL) console.error(`  ${name.padEnd(10)} ${about}`);
  process.exit(2);
}

const machine = describeMachine();
const figures: Figure[] = [];
for (const { name, run } of chosen) {
  try {
    figures.push(...(await run((progress) => process.stderr.write(`${name}: ${progress}\n`))));
  } catch (error) {
    console.error(`${name}: could not be measured:`, error);
    process.exitCode = 1;
  }
}
console.log(values.json === true ? asJson(figures, machine) : asTable(figures, machine));
process.exit(); // a measure that failed may have left processes behind, which end with this one
