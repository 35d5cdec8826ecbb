/** A laid-out picture as SVG. */
import { grown, type Point, type Rectangle } from './geometry.ts';
import { textWidth } from './glyphs.ts';
import type { Layout, PlacedArrow, PlacedState } from './layout.ts';
import { roundedPath } from './path.ts';
import type { Picture } from './picture.ts';
import { SIDE, TITLE_HEIGHT, type Block } from './sheet.ts';
import { STYLE } from './style.ts';
import { LINE_HEIGHT, ORDER_WIDTH, TEXT_SIZE, type PlacedWord } from './words.ts';
import { element, escaped, tooltip } from './xml.ts';

const BASELINE = 12.5;
const TITLE_BASELINE = 19;
const ANY = 'any state';
const ANY_WIDTH = textWidth(ANY, TEXT_SIZE, false);

function orderRing({ text }: PlacedWord, { x, y }: Point): string {
  const centre = { x: x + ORDER_WIDTH / 2 - 1, y: y - 4 };
  return element('g', { class: 'order' }, [
    element('circle', { cx: centre.x, cy: centre.y, r: 6 }),
    element('text', { x: centre.x, y: centre.y + 3.2 }, [escaped(text)]),
  ]);
}

/** `textLength` keeps the text within its place whatever font there is. */
function wordText(word: PlacedWord, { x, y }: Point): string {
  if (word.style === 'order') return orderRing(word, { x, y });
  const { style, width } = word;
  return element('text', { class: style, x, y, textLength: width, lengthAdjust: 'spacingAndGlyphs' }, [
    escaped(word.text),
  ]);
}

/** Nothing where nobody counted. */
const takenClass = (isTaken: boolean | undefined): string[] => {
  if (isTaken === undefined) return [];
  return [isTaken ? 'taken' : 'untaken'];
};

const blockText = ({ lines, edge, tooltip: told, isTaken, x, y }: Block, corner: Point): string =>
  element('g', { class: ['said', ...takenClass(isTaken)].join(' '), 'data-edge': edge }, [
    ...tooltip(told),
    ...lines.flatMap((line, index) =>
      line.map((word) =>
        wordText(word, { x: corner.x + x + word.x, y: corner.y + y + index * LINE_HEIGHT + BASELINE }),
      ),
    ),
  ]);

const rectangle = ({ x, y, width, height }: Rectangle, rx: number): string =>
  element('rect', { x, y, width, height, rx });

function stateText(placed: PlacedState): string {
  const { state, sheet, x, y, width } = placed;
  const isNest = state.children.length > 0;
  const title: PlacedWord = { text: state.title, style: 'title', x: 0, width: sheet.titleWidth };
  const kinds = ['state', ...(isNest ? ['nest'] : []), ...(state.isRegion ? ['region'] : [])];
  const ruled = isNest || sheet.blocks.length > 0;
  return element('g', { class: kinds.join(' '), 'data-state': state.name }, [
    ...tooltip(state.description),
    rectangle(placed, 8),
    ...(state.type === 'final' ? [rectangle(grown(placed, -3.5), 5)] : []),
    ...(ruled ? [element('line', { x1: x, y1: y + TITLE_HEIGHT, x2: x + width, y2: y + TITLE_HEIGHT })] : []),
    wordText(title, { x: x + SIDE, y: y + TITLE_BASELINE }),
    ...sheet.blocks.map((block) => blockText(block, placed)),
  ]);
}

/** An arrow is untaken while one of its transitions is. */
const isArrowTaken = ({ label }: PlacedArrow): boolean | undefined => {
  const marks = (label?.sheet.blocks ?? []).map(({ isTaken }) => isTaken);
  return marks.includes(false) ? false : marks[0];
};

const arrowLine = (id: string, arrow: PlacedArrow): string =>
  element('path', {
    class: ['arrow', ...takenClass(isArrowTaken(arrow))].join(' '),
    d: roundedPath(arrow.points),
    'marker-end': `url(#${id}-head)`,
  });

const labelText = ({ label }: PlacedArrow): string[] =>
  label === undefined
    ? []
    : [
        element('g', { class: 'label' }, [
          rectangle(label, 5),
          ...label.sheet.blocks.map((block) => blockText(block, label)),
        ]),
      ];

const dot = ({ x, y, width, height }: Rectangle): string =>
  element('circle', { class: 'dot', cx: x + width / 2, cy: y + height / 2, r: width / 2 });

/** Any of the states within: where arrows begin that leave them all. */
const pill = (placed: Rectangle): string =>
  element('g', { class: 'any' }, [
    rectangle(placed, placed.height / 2),
    element('text', { x: placed.x + placed.width / 2, y: placed.y + 15, textLength: ANY_WIDTH }, [ANY]),
  ]);

const arrowHead = (id: string): string =>
  element('defs', {}, [
    element(
      'marker',
      {
        id: `${id}-head`,
        viewBox: '0 0 10 10',
        refX: 9.5,
        refY: 5,
        markerWidth: 9,
        markerHeight: 9,
        markerUnits: 'userSpaceOnUse',
        orient: 'auto',
      },
      [element('path', { class: 'head', d: 'M0 0.8L10 5L0 9.2Z' })],
    ),
  ]);

/** The picture, one element a line, so that a change of the chart is a small change of the file. */
export function svgOf(picture: Picture, { width, height, states, dots, pills, arrows }: Layout): string {
  const size = { width: Math.ceil(width), height: Math.ceil(height) };
  const lines = [
    ...tooltip(`Statechart ${picture.id}`),
    element('desc', {}, [escaped(picture.root.description)]),
    element('style', {}, [STYLE]),
    arrowHead(picture.id),
    element('rect', { class: 'paper', ...size }),
    ...states.map(stateText),
    ...dots.map(dot),
    ...pills.map(pill),
    ...arrows.map((arrow) => arrowLine(picture.id, arrow)),
    ...arrows.flatMap(labelText),
  ];
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    class: 'statechart',
    ...size,
    viewBox: `0 0 ${size.width} ${size.height}`,
    role: 'img',
  };
  return `${element('svg', attributes, ['\n', lines.join('\n'), '\n'])}\n`;
}
