/** What was found, for people and for programs. */
import type { Machine } from './machine.ts';
import type { Figure } from './measure.ts';
import { median, worst } from './statistics.ts';

const HEAD = ['figure', 'target', 'median', 'worst', 'samples', 'met'];

/** Counted, not measured. */
const WHOLE: ReadonlySet<Figure['unit']> = new Set(['runs', 'nodes', 'requests', 'a second']);

const shown = (value: number, unit: Figure['unit']): string =>
  `${value.toFixed(Math.abs(value) < 10 && !WHOLE.has(unit) ? 1 : 0)} ${unit}`;

/** Undefined: nothing was aimed at. */
const isMet = ({ target, isFloor, judgedBy, samples }: Figure): boolean | undefined => {
  if (target === undefined) return undefined;
  const value = judgedBy === 'median' ? median(samples) : worst(samples);
  return isFloor === true ? value >= target : value <= target;
};

const row = (figure: Figure): readonly string[] => {
  const { name, unit, target, isFloor, judgedBy, samples } = figure;
  const met = isMet(figure);
  return [
    name,
    target === undefined ? '' : `${judgedBy} ${isFloor === true ? '≥' : '≤'} ${target} ${unit}`,
    shown(median(samples), unit),
    shown(worst(samples), unit),
    String(samples.length),
    met === undefined ? '' : met ? 'yes' : 'no',
  ];
};

/** A table in Markdown, columns aligned, the machine above it. */
export const asTable = (figures: readonly Figure[], machine: Machine): string => {
  const rows = [HEAD, ...figures.map(row)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => (cells[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = HEAD, ...body] = rows;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  const { cores, model, memoryGb, node, loadBefore } = machine;
  const title = `${cores} cores of ${model}, ${memoryGb} GB, Node ${node}; load before ${loadBefore.toFixed(1)}`;
  return [title, '', line(head), rule, ...body.map(line)].join('\n');
};

export const asJson = (figures: readonly Figure[], machine: Machine): string =>
  JSON.stringify(
    {
      machine,
      figures: figures.map((figure) => ({
        ...figure,
        median: median(figure.samples),
        worst: worst(figure.samples),
        isMet: isMet(figure),
      })),
    },
    undefined,
    2,
  );
