/** A picture as Mermaid draws it: `stateDiagram-v2`. */
import { statesWithin, type Arrow, type Picture, type PictureState } from './picture.ts';
import { rowWords, transitionWords, type Word } from './words.ts';

/** Mermaid's ids hold neither dots nor parentheses. */
const idOf = (chart: string, name: string): string =>
  name === '(root)' ? chart : `${chart}_${name.replaceAll('.', '_')}`;

/** Orders in round brackets; no colon and no semicolon, which would end the text. */
const wordsText = (words: readonly Word[]): string =>
  words.map(({ text, style }) => (style === 'order' ? `(${text})` : text)).join(' ');

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

/** The rows of a state as a note; Mermaid has no place for them in a box that holds others. */
function noteOf(id: string, { rows }: PictureState): string[] {
  if (rows.length === 0) return [];
  return [`note right of ${id}`, ...indented(rows.map((row) => wordsText(rowWords(row)))), 'end note'];
}

const ANY = '_any';

const parentOf = (name: string): string => (name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : '(root)');

const isWithin = (inner: string, outer: string): boolean => outer === '(root)' || inner.startsWith(`${outer}.`);

/** From a state to one within it. Mermaid cannot draw that: a state of its own stands for every state within. */
const isInward = ({ source, target }: Arrow): boolean => isWithin(target, source);

/** The state within which both ends of the arrow lie: Mermaid draws an arrow where it is written. */
function homeOf(arrow: Arrow): string {
  let home = isInward(arrow) ? arrow.source : parentOf(arrow.source);
  while (!isWithin(arrow.target, home)) home = parentOf(home);
  return home;
}

/** One chart being written. */
interface Sketch {
  readonly chart: string;
  readonly arrows: readonly Arrow[];
}

const arrowsWithin = ({ chart, arrows }: Sketch, home: string): string[] =>
  arrows
    .filter((arrow) => homeOf(arrow) === home)
    .flatMap((arrow) => {
      const source = `${idOf(chart, arrow.source)}${isInward(arrow) ? ANY : ''}`;
      const said = arrow.transitions.map((transition) => wordsText(transitionWords(transition, false)));
      return said.map((words) => `${source} --> ${idOf(chart, arrow.target)}: ${words}`);
    });

function stateLines(sketch: Sketch, state: PictureState): string[] {
  const id = idOf(sketch.chart, state.name);
  if (state.children.length === 0)
    return [`state "${state.title}" as ${id}`, ...(state.type === 'final' ? [`${id} --> [*]`] : [])];
  const children = state.children.map((child) => stateLines(sketch, child));
  const divided =
    state.type === 'parallel'
      ? children.flatMap((lines, index) => (index === 0 ? lines : ['--', ...lines]))
      : children.flat();
  return [
    `state "${state.title}" as ${id} {`,
    ...indented([
      ...(state.initial === undefined ? [] : [`[*] --> ${idOf(sketch.chart, state.initial)}`]),
      ...(sketch.arrows.some((arrow) => arrow.source === state.name && isInward(arrow))
        ? [`state "any state" as ${id}${ANY}`]
        : []),
      ...divided,
      ...arrowsWithin(sketch, state.name),
    ]),
    '}',
  ];
}

/** The picture as Mermaid's text. */
export function mermaidOf({ id, root, arrows }: Picture): string {
  const sketch = { chart: id, arrows };
  const notes = statesWithin(root).flatMap((state) => noteOf(idOf(id, state.name), state));
  const lines = [`accTitle: ${id}`, `accDescr: ${root.description}`, ...stateLines(sketch, root), ...notes];
  return ['stateDiagram-v2', ...indented(lines), ''].join('\n');
}
