/**
 * How wide a text is, without a browser.
 *
 * Advance widths of Helvetica in thousandths of the font size, from the blank to the tilde. Arial, Liberation Sans and Arimo
 * have the same; where none of them is installed, `textLength` makes the text as wide as it was reckoned.
 */
// prettier-ignore
const REGULAR = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556,
  556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
  667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556,
  556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
// prettier-ignore
const BOLD = [
  278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556,
  556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778,
  667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611,
  611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
];

/** The fonts that {@link textWidth} is right for, best first. */
export const FONT_FAMILY = "Helvetica, Arial, 'Liberation Sans', Arimo, sans-serif";

const FIRST = 32;
const WIDEST = 1000;

/** The width of one line of text, in the unit of `size`. A character beyond ASCII counts as the widest there is. */
export function textWidth(text: string, size: number, isBold: boolean): number {
  const widths = isBold ? BOLD : REGULAR;
  const thousandths = Array.from(text).reduce((sum, glyph) => sum + (widths[glyph.charCodeAt(0) - FIRST] ?? WIDEST), 0);
  return (thousandths * size) / 1000;
}
