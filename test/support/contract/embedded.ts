/** The embedded Consul behind HTTP, on the machine's clock. */
import { request } from 'undici';
import { systemClock, systemRandom } from '../../../src/clock.ts';
import { createEmbeddedConsul } from '../../../src/dev/embedded/embedded.ts';
import { serveEmbeddedConsul } from '../../../src/dev/embedded/serve.ts';

export interface TestEmbedded extends AsyncDisposable {
  readonly url: string;
  /** PUTs `body` as JSON to `/v1<path>`; rejects on a status other than 200. */
  put(path: string, body?: unknown): Promise<unknown>;
  /** GETs `/v1<path>`; rejects on a status other than 200. */
  get(path: string): Promise<unknown>;
}

/** `serverPort` is told, and nobody listens there. */
export async function startEmbedded(serverPort = 8300): Promise<TestEmbedded> {
  const newId = (): string => crypto.randomUUID();
  const consul = createEmbeddedConsul({ clock: systemClock, random: systemRandom, newId, serverPort });
  const served = await serveEmbeddedConsul(consul);
  const must = async (method: 'GET' | 'PUT', path: string, value?: unknown): Promise<unknown> => {
    const sent = value === undefined ? null : JSON.stringify(value);
    const { statusCode, body } = await request(`${served.url}/v1${path}`, { method, body: sent });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`${method} ${path}: ${statusCode} ${text}`);
    return JSON.parse(text) as unknown; // safe: JSON.parse gives `any`
  };
  return {
    url: served.url,
    put: (path, value) => must('PUT', path, value),
    get: (path) => must('GET', path),
    async [Symbol.asyncDispose]() {
      consul.stop();
      await served[Symbol.asyncDispose]();
    },
  };
}
