/** A real Consul and the embedded one, behind HTTP both, that are asked the same. */
import { Agent } from 'undici';
import { startConsul, type TestConsul } from '../consul.ts';
import { eventually } from '../eventually.ts';
import { freePorts } from '../ports.ts';
import { startEmbedded } from './embedded.ts';
import { play, type Scene } from './play.ts';
import type { Story } from './story.ts';

export interface Both extends AsyncDisposable {
  /** Plays a story on both at once. */
  play(story: Story): Promise<{ readonly real: readonly Scene[]; readonly embedded: readonly Scene[] }>;
}

/** The leader puts the node in; its agent adds addresses and meta a moment later. */
async function hasMeta(consul: TestConsul): Promise<boolean> {
  // safe: what /v1/catalog/node answers for a node that is there
  const { Node } = (await consul.get(`/catalog/node/${consul.nodeName}`)) as {
    readonly Node: { readonly Meta: unknown };
  };
  return Node.Meta !== null;
}

export async function startBoth(): Promise<Both> {
  const [http = 0, server = 0, serfLan = 0, serfWan = 0] = await freePorts(4);
  const [consul, embedded] = await Promise.all([
    startConsul({ ports: { http, server, serfLan, serfWan } }),
    startEmbedded(server),
  ]);
  const dispatcher = new Agent({ connections: 64 });
  await eventually('the agent has told its node', () => hasMeta(consul));
  return {
    async play(story) {
      const [real, ours] = await Promise.all([
        play(consul.url, story, dispatcher),
        play(embedded.url, story, dispatcher),
      ]);
      return { real, embedded: ours };
    },
    async [Symbol.asyncDispose]() {
      await dispatcher.destroy();
      await embedded[Symbol.asyncDispose]();
      await consul.stop();
    },
  };
}
