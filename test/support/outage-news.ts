/** What a daemon's log tells of an outage. */
import type { TestDaemon } from './daemon.ts';

const SENTENCES = /Lost Consul|Consul is back/;

/** The sentences that begin and end an outage, and whatever else was worth a warning as it stands. */
export const outageNews = (daemon: TestDaemon): readonly string[] =>
  daemon.lines(/\[(WARN|ERROR)\]|Consul is back/).map((line) => SENTENCES.exec(line)?.[0] ?? line);

/** All that a daemon that lived through one outage has to say. */
export const ONE_OUTAGE = ['Lost Consul', 'Consul is back'];
