import { netConnections } from '../../../src/probes/net-connection.ts';
import { keptBytes } from '../../fixtures/kept-bytes.mjs';
import { testProber } from '../../support/probing.ts';
import { noLocal, watchKeptBytes, workerProber } from '../../support/worker-probing.ts';
import { describeHostile } from './hostile.ts';

describeHostile('on the main thread', () => {
  const prober = testProber();
  return {
    prober,
    keptBytes,
    close: async () => {
      await prober[Symbol.asyncDispose]();
    },
  };
});

describeHostile('by node:net', () => {
  const prober = testProber({ connections: netConnections });
  return {
    prober,
    keptBytes,
    close: async () => {
      await prober[Symbol.asyncDispose]();
    },
  };
});

describeHostile('on a worker thread', () => {
  const watch = watchKeptBytes();
  const prober = workerProber({ local: noLocal, execArgv: watch.execArgv });
  return {
    prober,
    keptBytes: watch.keptBytes,
    async close() {
      watch.close();
      await prober[Symbol.asyncDispose]();
    },
  };
});
