/** A web service that answers as it is told and counts who asks; beside it a port that counts pings. */
import { startHttpTarget, startTcpTarget, type Target } from './targets.ts';

/** What a path answers: a status alone, or with a body. */
export interface WebAnswer {
  readonly status: number;
  readonly body: string;
}

export interface Web extends AsyncDisposable {
  readonly port: number;
  /** The URL of a path, which begins with a slash. */
  url(path: string): string;
  /** Requests for a path so far. */
  hits(path: string): number;
  /** When each of them came, by `performance.now()`. */
  times(path: string): readonly number[];
  /** Answers requests for `path` from now on; `nth` counts all requests for it from 1. Until then: 200, `well`. */
  answer(path: string, with_: (nth: number) => WebAnswer): void;
}

export const ok = (body = 'well'): WebAnswer => ({ status: 200, body });
export const broken = (body = 'ill'): WebAnswer => ({ status: 500, body });

export async function startWeb(): Promise<Web> {
  const times = new Map<string, number[]>();
  const answers = new Map<string, (nth: number) => WebAnswer>();
  const target = await startHttpTarget(({ url: path = '' }, response) => {
    const known = times.get(path) ?? [];
    times.set(path, known);
    const nth = known.push(performance.now());
    const { status, body } = answers.get(path)?.(nth) ?? ok();
    response.writeHead(status).end(body);
  });
  return {
    port: target.port,
    url: (path) => `http://127.0.0.1:${target.port}${path}`,
    hits: (path) => times.get(path)?.length ?? 0,
    times: (path) => times.get(path) ?? [],
    answer(path, with_) {
      answers.set(path, with_);
    },
    [Symbol.asyncDispose]: () => target[Symbol.asyncDispose](),
  };
}

/** What pings of `ping_type = "tcp"` connect to; `connections` counts them. On a free port unless told. */
export const startPingTarget = (port?: number): Promise<Target> =>
  startTcpTarget((socket) => socket.end(), '127.0.0.1', port);
