/** What every measure stands on: an idle Consul, a target process, one instance of the daemon, and a catalog of some size. */
import { register } from '../support/catalog.ts';
import { startConsul, type TestConsul, type TestConsulOptions } from '../support/consul.ts';
import { startDaemon, type TestDaemon } from '../support/daemon.ts';
import { startTarget, type Target } from './target.ts';

const EXTERNAL = { 'external-node': 'true' };
const CHECKS_PER_NODE = 10;

export interface Rig extends AsyncDisposable {
  readonly consul: TestConsul;
  readonly target: Target;
  /** With these variables in its environment beside the usual ones. */
  startDaemon(env?: Readonly<Record<string, string>>): Promise<TestDaemon>;
}

/** A node to register: `count` HTTP checks at `interval`, each with the path `/<node>/<number>`; `timeout` is 5 s unless told. */
export interface CheckedNode {
  readonly node: string;
  readonly count: number;
  readonly interval: string;
  readonly timeout?: string;
}

export const pathsOf = ({ node, count }: CheckedNode): readonly string[] =>
  Array.from({ length: count }, (_, index) => `/${node}/${index}`);

export const registerNode = async ({ consul, target }: Rig, checked: CheckedNode): Promise<void> => {
  const checks = pathsOf(checked).map((path, index) => ({
    CheckID: `check-${index}`,
    Name: `Check ${index}`,
    Status: 'passing',
    Definition: { HTTP: target.url + path, Interval: checked.interval, Timeout: checked.timeout ?? '5s' },
  }));
  await register(consul, { node: checked.node, meta: EXTERNAL, checks });
};

/** Registrations under way at once: Consul takes some 2,000 a second. */
const AT_ONCE = 8;

/** Registers nodes of ten checks each, and resolves to the paths of all. */
export const registerCatalog = async (
  rig: Rig,
  checks: number,
  interval: string,
  timeout = '5s',
): Promise<readonly string[]> => {
  const nodes = Array.from({ length: Math.ceil(checks / CHECKS_PER_NODE) }, (_, index) => ({
    node: `many-${index}`,
    count: Math.min(CHECKS_PER_NODE, checks - index * CHECKS_PER_NODE),
    interval,
    timeout,
  }));
  const left = nodes.values();
  const registerSome = async (): Promise<void> => {
    for (const node of left) await registerNode(rig, node);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, registerSome));
  return nodes.flatMap(pathsOf);
};

/** Starts Consul and the target; the daemon is for the measure to start. */
export const openRig = async (options: TestConsulOptions = {}): Promise<Rig> => {
  const [consul, target] = await Promise.all([startConsul(options), startTarget()]);
  return {
    consul,
    target,
    startDaemon: (env = {}) => startDaemon({ config: `http_addr = "${consul.url}"\n`, env }),
    async [Symbol.asyncDispose]() {
      await target[Symbol.asyncDispose]();
      await consul.stop();
    },
  };
};

/** How many checks stand in the catalog beside what is measured. */
export const CATALOG_SIZES = [0, 2_000];

export interface SettledRig extends Rig {
  readonly daemon: TestDaemon;
}

/** A crowd's first runs are spread over their interval; machines may be slow. */
const SETTLED_WITHIN_MS = 90_000;

/** A rig whose daemon runs `size` checks, each at the default interval, and has run every one of them. */
export const openSettledRig = async (size: number): Promise<SettledRig> => {
  const rig = await openRig();
  const paths = await registerCatalog(rig, size, '30s');
  const daemon = await rig.startDaemon();
  await daemon.until('Obtained leadership');
  await rig.target.untilAsked(paths, SETTLED_WITHIN_MS);
  return {
    ...rig,
    daemon,
    async [Symbol.asyncDispose]() {
      await daemon[Symbol.asyncDispose]();
      await rig[Symbol.asyncDispose]();
    },
  };
};
