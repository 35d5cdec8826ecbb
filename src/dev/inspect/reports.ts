/** The statecharts of a running daemon, read over HTTP. */
import type { Findings, Report } from '../../observe/statecharts/wire.ts';
import { EsmError } from '../../errors.ts';

/** Of the events that a stream can hold, the daemon sends data and comments. */
const DATA = /^data: (.*)$/s;

const ask = async (url: URL, signal: AbortSignal): Promise<Response> => {
  try {
    const answer = await fetch(url, { signal });
    if (answer.ok) return answer;
    throw new Error(`${answer.status} ${(await answer.text()).trim()}`);
  } catch (cause) {
    const why = cause instanceof Error ? (cause.cause instanceof Error ? cause.cause.message : cause.message) : '';
    throw new EsmError('ESM_UNEXPECTED', `no statecharts at ${url.origin}: ${why}`, { cause });
  }
};

/** Ids of the nodes and checks that the daemon's own search finds. Rejects when it does not answer. */
export const findIds = async (daemon: URL, text: string, signal: AbortSignal): Promise<readonly string[]> => {
  const answer = await ask(new URL(`/statecharts/search?q=${encodeURIComponent(text)}`, daemon), signal);
  const { found } = (await answer.json()) as Findings; // safe: what the search answers
  return found.map(({ id }) => id);
};

/** Reports on these actors, until `signal` or the daemon ends it. Rejects when there is no such daemon. */
export async function* readReports(daemon: URL, ids: readonly string[], signal: AbortSignal): AsyncGenerator<Report> {
  const query = ids.map((id) => `actor=${encodeURIComponent(id)}`).join('&');
  const { body } = await ask(new URL(`/statecharts/events?${query}`, daemon), signal);
  const decoder = new TextDecoder();
  let text = '';
  // safe: the body of a fetched answer is a stream of bytes
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    const messages = (text + decoder.decode(chunk, { stream: true })).split('\n\n');
    text = messages.pop() ?? '';
    for (const message of messages) {
      const data = DATA.exec(message)?.[1];
      if (data !== undefined) yield JSON.parse(data) as Report; // safe: what the daemon sends
    }
  }
}
