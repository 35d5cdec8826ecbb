/** Lists of actors, each a link that chooses it, with where it stands. */
import type { ActorView } from '../../src/observe/statecharts/wire.ts';
import { make } from './elements.ts';
import { breakable, leavesOf, worstTone } from './words.ts';

/** The address of an actor within the page. */
const hashOf = (id: string): string => `#${encodeURIComponent(id)}`;

/** The actor that the page's address names; undefined: none. */
export const chosenBy = (hash: string): string | undefined => {
  try {
    return hash === '' ? undefined : decodeURIComponent(hash.slice(1));
  } catch {
    return undefined;
  }
};

const entry = ({ id, chart, name, value }: ActorView, chosen: string | undefined): HTMLElement => {
  const states = leavesOf(value).map(breakable).join(' · ');
  const link = document.createElement('a');
  link.href = hashOf(id);
  link.title = `${name} (${chart})`;
  if (id === chosen) link.setAttribute('aria-current', 'true');
  link.append(
    make('span', `dot ${value === undefined ? 'off' : worstTone(value)}`),
    make('span', 'name', name),
    make('span', 'at', value === undefined ? 'not running' : states),
  );
  return make('li', chart, link);
};

/** Fills `list`; whoever has the focus within it keeps it. */
export const showActors = (list: HTMLElement, actors: readonly ActorView[], chosen: string | undefined): void => {
  const focused = document.activeElement?.getAttribute('href');
  list.replaceChildren(...actors.map((actor) => entry(actor, chosen)));
  const again = [...list.querySelectorAll('a')].find((link) => link.getAttribute('href') === focused);
  again?.focus();
};
