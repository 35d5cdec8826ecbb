/** No user edit of anything but Status and Output is ever lost, and nothing is recreated after its removal. */
import { isDeepStrictEqual } from 'node:util';
import { changesOf, isDone, nodeOf } from '../world/transaction.ts';
import { definitionOf, nodeHost, type UserNode } from '../world/users.ts';
import type { World } from '../world/world.ts';
import { type Invariant, Violation } from './invariant.ts';

interface StoredNode {
  readonly Node: { readonly Address: string; readonly Meta: object };
  readonly Services: Readonly<Record<string, unknown>>;
}

/** Every so many looks all is compared: what daemons write is compared at once. */
const LOOKS = 15;

const OWN = 'externalNodeHealth';

/** The fields that a user gives; a server may tell more. */
const isAsSaid = (stored: object, said: object): boolean =>
  Object.entries(said).every(([name, value]) => isDeepStrictEqual(Reflect.get(stored, name), value));

export const userData = (world: World): Invariant => {
  let looks = 0;
  const lost = (what: string, stored: unknown, said: unknown): never => {
    throw new Violation(`${what} is ${JSON.stringify(stored)}, the user said ${JSON.stringify(said)}`);
  };

  const compareChecks = (node: UserNode): void => {
    const byId = world.checksOf(node.name);
    for (const id of byId.keys())
      if (id !== OWN && !node.checks.has(id)) throw new Violation(`check ${node.name}/${id} is there again`);
    for (const check of node.checks.values()) {
      const found = byId.get(check.checkId);
      if (found === undefined) return lost(`check ${node.name}/${check.checkId}`, undefined, check);
      const said = { ServiceID: check.serviceId, Name: check.name, Notes: check.notes };
      if (!isAsSaid(found, said)) lost(`check ${node.name}/${check.checkId}`, found, said);
      const definition = definitionOf(node.name, check);
      if (!isAsSaid(found.Definition, definition))
        lost(`the definition of ${node.name}/${check.checkId}`, found.Definition, definition);
    }
  };

  const compare = (name: string): void => {
    const said = world.users.nodes.get(name);
    const stored = world.server.read(`/catalog/node/${name}`) as StoredNode | null; // safe: what the endpoint answers
    if (said === undefined) {
      if (stored !== null) throw new Violation(`node ${name} is there again`);
      return;
    }
    if (stored === null) return lost(`node ${name}`, undefined, said);
    const { Node, Services } = stored;
    if (!isAsSaid(Node, { Address: nodeHost(name), Meta: said.meta })) lost(`node ${name}`, Node, said);
    const ids = Object.keys(Services).sort();
    const expected = [...said.services].sort();
    if (!isDeepStrictEqual(ids, expected)) lost(`services of ${name}`, ids, expected);
    compareChecks(said);
  };

  return {
    sentence: 'No user edit of anything but Status and Output is lost, and nothing is recreated after its removal.',
    afterWrite(exchange) {
      if (!isDone(exchange)) return;
      for (const name of new Set(changesOf(exchange.request).flatMap((change) => nodeOf(change) ?? []))) compare(name);
    },
    inspect() {
      looks += 1;
      if (looks % LOOKS !== 0) return;
      for (const name of world.users.nodes.keys()) compare(name);
    },
  };
};
