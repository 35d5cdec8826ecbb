/** The TCP check: passing once connected. */
import type { Clock } from '../clock.ts';
import type { Connect } from './connection.ts';
import { Deadline } from './deadline.ts';
import { dial } from './dial.ts';
import { goDirectly, type DirectEnd } from './direct.ts';
import { joinHostPort } from './host-port.ts';
import { measured, tcpSuccess } from './output.ts';
import type { Probe, ProbeOutcome, TcpDefinition } from './probe.ts';
import type { Resolver } from './resolve.ts';

/** What TCP probes share. */
export interface TcpDeps {
  readonly clock: Clock;
  readonly resolver: Resolver;
  readonly connect: Connect;
}

const run = async (definition: TcpDefinition, deps: TcpDeps, deadline: Deadline): Promise<ProbeOutcome> => {
  const { host, port, address } = definition;
  const resolved = await deps.resolver.resolve(host, deadline);
  if (resolved === 'aborted') return { type: 'aborted' };
  if (resolved === 'expired') return measured('critical', `dial tcp: lookup ${host}: i/o timeout`);
  if ('fault' in resolved) return measured('critical', `dial tcp: ${resolved.fault}`);
  const dialled = await dial({ addresses: resolved.addresses, port }, deadline, deps.clock);
  if (dialled === 'aborted') return { type: 'aborted' };
  if (dialled === 'expired') {
    return measured('critical', `dial tcp ${joinHostPort(resolved.addresses[0] ?? host, port)}: i/o timeout`);
  }
  if (dialled.type === 'unsent') return dialled;
  if (dialled.type === 'failed') return measured('critical', dialled.fault);
  dialled.socket.destroy();
  return measured('passing', tcpSuccess(address));
};

const outcomeOf = ({ address }: TcpDefinition, end: DirectEnd): ProbeOutcome => {
  switch (end.type) {
    case 'done':
      return measured('passing', tcpSuccess(address));
    case 'failed':
      return measured('critical', end.fault);
    case 'expired':
      return measured('critical', `${end.during}i/o timeout`);
    case 'unsent':
    case 'aborted':
      return end;
  }
};

/** Connects to the first address of the name that lets it, and closes at once. */
export const createTcpProbe =
  (deps: TcpDeps): Probe<TcpDefinition> =>
  (definition, timeoutMs, signal) =>
    new Promise((resolve, reject) => {
      const deadline = new Deadline(deps.clock, timeoutMs, signal);
      const end = (outcome: ProbeOutcome): void => {
        deadline[Symbol.dispose]();
        resolve(outcome);
      };
      const { host, port } = definition;
      const [address, ...others] = deps.resolver.known(host) ?? [];
      if (address === undefined || others.length > 0) run(definition, deps, deadline).then(end, reject);
      else {
        goDirectly({ connect: deps.connect, address, port }, undefined, deadline, (how) => {
          end(outcomeOf(definition, how));
        });
      }
    });
