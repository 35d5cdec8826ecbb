/** What may happen to Consul, and to what the fleet keeps there for itself. */
import * as acts from '../drivers/acts.ts';
import type { Stage } from '../drivers/stage.ts';
import { isAwake, type Plot } from './plot.ts';
import { anyTime, ofInstance, type Turn } from './turn.ts';

const turning = (sentence: string, from: Plot['consul'], to: Plot['consul'], deed: (stage: Stage) => void): Turn => ({
  sentence,
  isPossible: ({ consul }) => consul === from,
  play(stage, plot) {
    deed(stage);
    plot.consul = to;
  },
});

export const outageTurns = [
  turning('Consul goes down', 'well', 'down', acts.stopConsul),
  turning('Consul is back', 'down', 'well', acts.startConsul),
  turning('Consul refuses everything', 'well', 'overloaded', acts.overload),
  turning('Consul takes requests again', 'overloaded', 'well', acts.relieve),
];

const handing = (sentence: string, isSeized: boolean, deed: (stage: Stage) => void): Turn => ({
  sentence,
  isPossible: ({ isLockSeized }) => isLockSeized === isSeized,
  play(stage, plot) {
    deed(stage);
    plot.isLockSeized = !isSeized;
  },
});

export const lockTurns = [
  anyTime('a user destroys all sessions', acts.destroySessions),
  handing('a stranger takes the lock', false, acts.seizeLock),
  handing('the stranger gives the lock back', true, acts.releaseLock),
  ...ofInstance('is deregistered by a user', isAwake, acts.deregister, () => undefined),
];
