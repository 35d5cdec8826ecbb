/** What may happen to daemons, and to the network between them and Consul. */
import * as acts from '../drivers/acts.ts';
import { isAwake, type Plot } from './plot.ts';
import { ofInstance } from './turn.ts';

const end = (plot: Plot, place: number): void => {
  plot.running.delete(place);
  plot.cutOff.delete(place);
  plot.frozen.delete(place);
};

const begin = (plot: Plot, place: number): void => {
  plot.running.add(place);
  plot.killed.delete(place);
};

const die = (plot: Plot, place: number): void => {
  end(plot, place);
  plot.killed.add(place);
};

export const lifeTurns = [
  ...ofInstance('starts', ({ running }, place) => !running.has(place), acts.start, begin),
  ...ofInstance('is asked to stop', isAwake, acts.terminate, end),
  ...ofInstance('is killed', ({ running }, place) => running.has(place), acts.kill, die),
];

export const networkTurns = [
  ...ofInstance(
    'is cut off from Consul',
    ({ running, cutOff }, place) => running.has(place) && !cutOff.has(place),
    acts.cutOff,
    ({ cutOff }, place) => cutOff.add(place),
  ),
  ...ofInstance(
    'reaches Consul again',
    ({ cutOff }, place) => cutOff.has(place),
    acts.reconnect,
    ({ cutOff }, place) => cutOff.delete(place),
  ),
];

export const pauseTurns = [
  ...ofInstance('stands still', isAwake, acts.freeze, ({ frozen }, place) => frozen.add(place)),
  ...ofInstance(
    'goes on',
    ({ frozen }, place) => frozen.has(place),
    acts.thaw,
    ({ frozen }, place) => frozen.delete(place),
  ),
];
