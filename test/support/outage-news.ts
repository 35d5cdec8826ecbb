/** What a daemon's log tells of an outage. */
import { expect } from 'vitest';
import type { TestDaemon } from './daemon.ts';

/** The lines that begin and end an outage, and whatever else was worth a warning. */
export const outageNews = (daemon: TestDaemon): readonly string[] => daemon.lines(/\[(WARN|ERROR)\]|Consul is back/);

/** All that a daemon that lived through one outage has to say. */
export const ONE_OUTAGE: readonly unknown[] = [
  expect.stringContaining('Lost Consul'),
  expect.stringContaining('Consul is back'),
];
