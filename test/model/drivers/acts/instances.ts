/** What may be done to daemons, and to the network between them and Consul. */
import type { Instance } from '../../../simulation/world/instance.ts';
import type { Stage } from '../stage.ts';

/** What an instance and Consul send each other no longer arrives. */
export const cutOff = (stage: Stage, { name, life }: Instance): void => {
  stage.tell(`${name} is cut off from Consul`);
  stage.trouble(`cut ${name}`);
  if (life !== undefined) life.link.weather = 'hole';
};

export const reconnect = (stage: Stage, { name, life }: Instance): void => {
  stage.tell(`${name} reaches Consul again`);
  if (life !== undefined) life.link.weather = 'clear';
  stage.settle(`cut ${name}`);
};

/** SIGSTOP. */
export const freeze = (stage: Stage, { name, life }: Instance): void => {
  stage.tell(`${name} stands still`);
  stage.trouble(`freeze ${name}`);
  life?.process.pause();
};

/** SIGCONT. */
export const thaw = (stage: Stage, { name, life }: Instance): void => {
  stage.tell(`${name} goes on`);
  life?.process.resume();
  stage.settle(`freeze ${name}`);
};

export const start = (stage: Stage, instance: Instance): void => {
  stage.tell(`${instance.name} starts`);
  stage.settle(`death of ${instance.name}`);
  stage.disturb();
  instance.start();
};

/** SIGTERM. */
export const terminate = (stage: Stage, instance: Instance): void => {
  stage.tell(`${instance.name} is asked to stop`);
  stage.disturb();
  instance.stop();
};

/** SIGKILL. What was wrong with it ends with it; its entry stays in Consul until it is back. */
export const kill = (stage: Stage, instance: Instance): void => {
  stage.tell(`${instance.name} is killed`);
  stage.settle(`cut ${instance.name}`);
  stage.settle(`freeze ${instance.name}`);
  stage.trouble(`death of ${instance.name}`);
  instance.kill();
};
