/** The page: which actor is chosen, and what the daemon tells of it. */
import type { ActorView, Report, Step } from '../../src/observe/statecharts/wire.ts';
import { chosenBy, showActors } from './actors.ts';
import { byId, make } from './elements.ts';
import { addRows, eventRow } from './events.ts';
import { showPicture, type Picture } from './picture.ts';
import { startSearch } from './search.ts';
import { leavesOf, timeText, toneOf } from './words.ts';

const parts = {
  connection: byId('connection', HTMLElement),
  found: byId('found', HTMLElement),
  daemon: byId('daemon', HTMLElement),
  name: byId('name', HTMLElement),
  states: byId('states', HTMLElement),
  since: byId('since', HTMLElement),
  picture: byId('picture', HTMLElement),
  events: byId('events', HTMLElement),
  none: byId('none', HTMLElement),
};

/** Shown before anybody has chosen. */
const FIRST = 'leadership';

const actors = new Map<string, ActorView>();
let found: readonly ActorView[] = [];
let chosen = FIRST;
let stream: EventSource | undefined;
let picture: { readonly chart: string; readonly drawn: Promise<Picture> } | undefined;
/** Of charts whose picture is still being fetched, only the last is shown. */
let turn = 0;

const showConnection = (state: 'live' | 'connecting' | 'lost'): void => {
  parts.connection.textContent = state === 'lost' ? 'connection lost, trying again' : state;
  parts.connection.className = state;
};

const showLists = (): void => {
  const isOfDaemon = ({ chart }: ActorView): boolean => chart !== 'node' && chart !== 'check';
  showActors(parts.daemon, [...actors.values()].filter(isOfDaemon), chosen);
  showActors(
    parts.found,
    found.map((actor) => actors.get(actor.id) ?? actor),
    chosen,
  );
};

const pictureOf = (chart: string): Promise<Picture> => {
  if (picture?.chart !== chart) picture = { chart, drawn: showPicture(parts.picture, chart) };
  return picture.drawn;
};

const point = (edges: readonly string[]): void =>
  void picture?.drawn.then((drawn) => {
    drawn.point(edges);
  });

const showStates = ({ value }: ActorView): void => {
  const chips = leavesOf(value).map((leaf) => make('span', `chip ${toneOf(leaf)}`, leaf));
  const shown = chips.length === 0 ? [make('span', 'chip off', 'not running')] : chips;
  if (parts.states.textContent !== shown.map(({ textContent }) => textContent).join('')) {
    parts.states.replaceChildren(...shown);
  }
};

const showChosen = async (steps: readonly Step[]): Promise<void> => {
  const actor = actors.get(chosen);
  parts.name.textContent = actor?.name ?? chosen.split('\0').filter(Boolean).join(' / ');
  if (actor === undefined) {
    parts.states.replaceChildren(make('span', 'chip off', 'does not run in this instance'));
    return;
  }
  showStates(actor);
  turn += 1;
  const own = turn;
  const drawn = await pictureOf(actor.chart);
  if (own === turn || steps.length > 0)
    drawn.light(
      actors.get(chosen)?.value,
      steps.flatMap(({ edges }) => edges),
    );
};

const showSteps = (steps: readonly Step[], isWhole: boolean): void => {
  if (isWhole) parts.events.replaceChildren();
  addRows(
    parts.events,
    steps.map((step) => eventRow(step, point)),
  );
  parts.none.hidden = parts.events.children.length > 0;
  const last = steps.at(-1);
  if (last !== undefined) parts.since.textContent = `last event ${timeText(last.atMs)}`;
  else if (isWhole) parts.since.textContent = '';
};

const take = (report: Report): void => {
  if (report.isWhole) actors.clear();
  for (const actor of report.actors) actors.set(actor.id, actor);
  const steps = report.steps.filter(({ actor }) => actor === chosen);
  showConnection('live');
  showSteps(steps, report.isWhole);
  showLists();
  void showChosen(report.isWhole ? [] : steps);
};

const choose = (id: string): void => {
  chosen = id;
  stream?.close();
  showConnection('connecting');
  stream = new EventSource(`statecharts/events?actor=${encodeURIComponent(id)}`);
  stream.onmessage = ({ data }) => {
    take(JSON.parse(String(data)) as Report); // safe: what the daemon sends
  };
  stream.onerror = () => {
    showConnection('lost');
  };
};

for (const change of ['smaller', 'fit', 'larger'] as const) {
  byId(change, HTMLElement).addEventListener(
    'click',
    () =>
      void picture?.drawn.then((drawn) => {
        drawn.resize(change);
      }),
  );
}
window.addEventListener('hashchange', () => {
  choose(chosenBy(location.hash) ?? FIRST);
});
startSearch((actorsFound) => {
  found = actorsFound;
  showLists();
});
choose(chosenBy(location.hash) ?? FIRST);
