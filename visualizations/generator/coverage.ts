/** Which transitions the tests have taken, coloured into the pictures. */
import { readFile } from 'node:fs/promises';
import type { Arrow, Picture, PictureState, Row } from './picture.ts';
import type { TransitionInWords } from './transition.ts';

/** How often each transition was taken, by its name in the tests' coverage. */
export type Counts = Readonly<Record<string, number>>;

/** Reads what a suite of machine tests has written for one chart; where it has written nothing, nothing was taken. */
export async function readCounts(folder: string, chart: string): Promise<Counts> {
  try {
    return JSON.parse(await readFile(`${folder}/${chart}.json`, 'utf8')) as Counts; // safe: test/support/chart.ts writes it so
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}; // safe: what readFile throws has a code or none
    throw error;
  }
}

/** The picture with the counts beside its transitions. */
export function withCounts(picture: Picture, counts: Counts): Picture {
  const counted = (transition: TransitionInWords): TransitionInWords => ({
    ...transition,
    taken: counts[transition.edge] ?? 0,
  });
  const countedRow = (row: Row): Row =>
    row.type === 'transition' ? { ...row, transition: counted(row.transition) } : row;
  const countedState = (state: PictureState): PictureState => ({
    ...state,
    rows: state.rows.map(countedRow),
    children: state.children.map(countedState),
  });
  const countedArrow = (arrow: Arrow): Arrow => ({ ...arrow, transitions: arrow.transitions.map(counted) });
  return { ...picture, root: countedState(picture.root), arrows: picture.arrows.map(countedArrow) };
}
