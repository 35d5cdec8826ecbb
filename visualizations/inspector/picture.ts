/** The picture of a chart, with the states that are active and the transitions just taken lit up. */
import type { StateValue } from '../../src/observe/statecharts/wire.ts';
import { activeStates, toneOf } from './words.ts';

export interface Picture {
  /** Lights up where the actor stands, and for a moment what it has just taken. */
  light(value: StateValue | undefined, taken: readonly string[]): void;
  /** Points at transitions while somebody looks at their event. */
  point(edges: readonly string[]): void;
  resize(change: 'smaller' | 'larger' | 'fit'): void;
}

/** Below that, nobody reads the words any more. */
const LEAST_SCALE = 0.65;
const STEP = 1.25;
const FLASH_MS = 1_500;

const parse = (text: string): SVGSVGElement => {
  const { documentElement } = new DOMParser().parseFromString(text, 'image/svg+xml');
  if (!(documentElement instanceof SVGSVGElement)) throw new Error('the picture is no SVG');
  return document.importNode(documentElement, true);
};

const flash = (element: Element): void => {
  element.classList.remove('taken-now');
  element.getBoundingClientRect(); // lets the animation begin anew
  element.classList.add('taken-now');
  setTimeout(() => {
    element.classList.remove('taken-now');
  }, FLASH_MS);
};

const isInView = (inner: DOMRect, outer: DOMRect): boolean =>
  inner.top >= outer.top && inner.bottom <= outer.bottom && inner.left >= outer.left && inner.right <= outer.right;

/** Brings the innermost active state into the frame, as far as it is outside. */
const bringIntoView = (frame: HTMLElement, state: Element | undefined): void => {
  if (state === undefined || isInView(state.getBoundingClientRect(), frame.getBoundingClientRect())) return;
  const [inner, outer] = [state.getBoundingClientRect(), frame.getBoundingClientRect()];
  frame.scrollBy({
    top: inner.top - outer.top - Math.max(16, (outer.height - inner.height) / 2),
    left: inner.left - outer.left - Math.max(16, (outer.width - inner.width) / 2),
  });
};

/** Puts the picture into `frame`. Rejects when it cannot be had. */
export const showPicture = async (frame: HTMLElement, chart: string): Promise<Picture> => {
  const answer = await fetch(`statecharts/${encodeURIComponent(chart)}.svg`);
  if (!answer.ok) throw new Error(`no picture of ${chart}`);
  const svg = parse(await answer.text());
  const { width, height } = svg.viewBox.baseVal;
  const states = [...svg.querySelectorAll('[data-state]')];
  const said = [...svg.querySelectorAll('[data-edge]')];
  const saidOf = (edges: readonly string[]): readonly Element[] =>
    said.filter((one) => edges.includes(one.getAttribute('data-edge') ?? ''));

  let scale = 1;
  const setScale = (next: number): void => {
    scale = Math.min(3, Math.max(0.2, next));
    svg.setAttribute('width', String(width * scale));
    svg.setAttribute('height', String(height * scale));
  };
  const fit = (): void => {
    setScale(Math.min(1, Math.max(LEAST_SCALE, (frame.clientWidth - 4) / width)));
  };

  frame.replaceChildren(svg);
  fit();
  let isFirst = true;
  return {
    light(value, taken) {
      const active = new Set(activeStates(value));
      for (const state of states) {
        const name = state.getAttribute('data-state') ?? '';
        state.classList.toggle('active', active.has(name));
        state.setAttribute('data-tone', toneOf(name));
      }
      if (!isFirst) saidOf(taken).forEach(flash);
      bringIntoView(
        frame,
        states.find((state) => state.matches('.active:not(.nest)')),
      );
      isFirst = false;
    },
    point(edges) {
      for (const one of said) one.classList.remove('pointed');
      for (const one of saidOf(edges)) one.classList.add('pointed');
    },
    resize(change) {
      if (change === 'fit') fit();
      else setScale(change === 'larger' ? scale * STEP : scale / STEP);
    },
  };
};
