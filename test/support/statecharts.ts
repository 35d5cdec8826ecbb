/** A daemon's statecharts as any client of `client_address` gets them. */
import type { Findings, Report, Step } from '../../src/observe/statecharts/wire.ts';
import type { TestDaemon } from './daemon.ts';
import { eventually } from './eventually.ts';

/** Where a daemon with `client_address` shows them: `http://host:port/statecharts`. */
export const statechartsUrl = async (daemon: TestDaemon): Promise<string> => {
  const line = await daemon.until('Statecharts are shown at');
  return / (http:\S+)$/.exec(line)?.[1] ?? '';
};

export const find = async (url: string, text: string): Promise<Findings> => {
  const answer = await fetch(`${url}/search?q=${encodeURIComponent(text)}`);
  return (await answer.json()) as Findings; // safe: what the search answers
};

export interface TestStream extends AsyncDisposable {
  readonly status: number;
  /** All that has come so far, as it came. */
  readonly text: string;
  readonly reports: readonly Report[];
  readonly steps: readonly Step[];
  /** Resolves to the first step that `isWanted` lets through. */
  until(what: string, isWanted: (step: Step) => boolean): Promise<Step>;
  /** Resolves once the daemon has closed it. */
  readonly ended: Promise<void>;
}

/** Opens the stream of these actors, by their ids. */
export const openStream = async (url: string, ids: readonly string[]): Promise<TestStream> => {
  const breaking = new AbortController();
  const query = ids.map((id) => `actor=${encodeURIComponent(id)}`).join('&');
  const answer = await fetch(`${url}/events?${query}`, { signal: breaking.signal });
  let text = '';
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    // safe: the body of a fetched answer is a stream of bytes
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) text += decoder.decode(chunk, { stream: true });
  };
  const ended = read().catch(() => undefined);
  const reports = (): readonly Report[] =>
    [...text.matchAll(/^data: (.*)\n\n/gm)].map(([, data = '']) => JSON.parse(data) as Report); // safe: the stream's own form
  const steps = (): readonly Step[] => reports().flatMap((report) => report.steps);
  return {
    status: answer.status,
    get text() {
      return text;
    },
    get reports() {
      return reports();
    },
    get steps() {
      return steps();
    },
    until: (what, isWanted) => eventually(what, () => steps().find(isWanted)),
    ended,
    async [Symbol.asyncDispose]() {
      breaking.abort();
      await ended;
    },
  };
};
