/** How large a state's head must be for what it says, and a label for its transitions. */
import type { Arrow, PictureState, Row } from './picture.ts';
import type { TransitionInWords } from './transition.ts';
import { blockWidth, LINE_HEIGHT, linesOf, rowWords, transitionWords, type Line } from './words.ts';

/** Some words that belong together, a row of a state or a transition on an arrow, and their corner within the sheet. */
export interface Block {
  /** The transition, as the tests' coverage names it; undefined: none. */
  readonly edge: string | undefined;
  readonly tooltip: string | undefined;
  /** Whether the tests have taken the transition; undefined: none, or nobody counted. */
  readonly isTaken: boolean | undefined;
  readonly lines: readonly Line[];
  readonly x: number;
  readonly y: number;
}

export interface Sheet {
  /** 0 for labels. */
  readonly titleWidth: number;
  readonly blocks: readonly Block[];
  readonly width: number;
  readonly height: number;
}

export const SIDE = 10;
export const TITLE_HEIGHT = 28;
const ROWS_MARGIN = 6;
const LABEL_MARGIN = 3;
const LABEL_SIDE = 6;
const BLOCK_GAP = 2;
const COLUMN_GAP = 28;
/** Fewer in a column make no list. */
const LEAST_ROWS = 3;

type Unplaced = Omit<Block, 'x' | 'y'>;

const heightOf = ({ lines }: Unplaced): number => lines.length * LINE_HEIGHT + BLOCK_GAP;
const widthOf = (blocks: readonly Unplaced[]): number =>
  Math.ceil(Math.max(0, ...blocks.map(({ lines }) => blockWidth(lines))));
const total = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

/** Places the blocks one beneath the other, in columns of about the same height. */
function inColumns(blocks: readonly Unplaced[], count: number, left: number, top: number): Block[] {
  const columnHeight = total(blocks.map(heightOf)) / count;
  const columnWidth = widthOf(blocks) + COLUMN_GAP;
  let [column, y, done] = [0, top, 0];
  return blocks.map((block) => {
    if (done >= columnHeight * (column + 1) - 0.5) [column, y] = [column + 1, top];
    const placed = { ...block, x: left + column * columnWidth, y };
    y += heightOf(block);
    done += heightOf(block);
    return placed;
  });
}

const bottomOf = (blocks: readonly Block[]): number =>
  Math.max(...blocks.map((block) => block.y + heightOf(block) - BLOCK_GAP));

const counted = ({ taken }: TransitionInWords): string[] =>
  taken === undefined ? [] : [`Taken ${taken} times by the tests.`];

const transitionBlock = (transition: TransitionInWords, isRow: boolean): Unplaced => ({
  edge: transition.edge,
  tooltip: [transition.description ?? [], ...counted(transition)].flat().join(' '),
  isTaken: transition.taken === undefined ? undefined : transition.taken > 0,
  lines: linesOf(transitionWords(transition, isRow)),
});

const blockOf = (row: Row): Unplaced =>
  row.type === 'transition'
    ? transitionBlock(row.transition, true)
    : { edge: undefined, tooltip: undefined, isTaken: undefined, lines: linesOf(rowWords(row)) };

/** The head of a state: its title above what happens within it. `room`: how wide it may get; the rows need no more. */
export function stateSheet(state: PictureState, room: number): Sheet {
  const titleWidth = blockWidth(linesOf([{ text: state.title, style: 'title' }]));
  const rows = state.rows.map(blockOf);
  if (rows.length === 0)
    return { titleWidth, blocks: [], width: Math.ceil(titleWidth) + 2 * SIDE, height: TITLE_HEIGHT };
  const columnWidth = widthOf(rows) + COLUMN_GAP;
  const fitting = Math.floor((room - 2 * SIDE + COLUMN_GAP) / columnWidth);
  const columns = Math.max(1, Math.min(fitting, Math.ceil(rows.length / LEAST_ROWS)));
  const blocks = inColumns(rows, columns, SIDE, TITLE_HEIGHT + ROWS_MARGIN);
  return {
    titleWidth,
    blocks,
    width: Math.ceil(Math.max(titleWidth, ...blocks.map(({ x, lines }) => x - SIDE + blockWidth(lines)))) + 2 * SIDE,
    height: bottomOf(blocks) + ROWS_MARGIN,
  };
}

/** What stands on an arrow. */
export function labelSheet({ transitions }: Arrow): Sheet {
  const said = transitions.map((transition) => transitionBlock(transition, false));
  const blocks = inColumns(said, 1, LABEL_SIDE, LABEL_MARGIN);
  return { titleWidth: 0, blocks, width: widthOf(said) + 2 * LABEL_SIDE, height: bottomOf(blocks) + LABEL_MARGIN };
}
