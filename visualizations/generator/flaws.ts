/** What would make a picture hard to read: a good one has none of it. */
import type { Layout } from './layout.ts';
import { shapeFlawsOf } from './shape-flaws.ts';
import { wordFlawsOf } from './word-flaws.ts';

/** All of it, one line each. */
export const flawsOf = (layout: Layout): string[] => [...wordFlawsOf(layout), ...shapeFlawsOf(layout)];
