/** `/v1/catalog/register` and `/v1/catalog/deregister`. */
import { deleteCheck, setCheck } from './checks.ts';
import { deleteNode, nodeOf, setNode } from './nodes.ts';
import { Refusal } from './request.ts';
import { checkFromRegistration, nodeFrom, serviceFrom } from './said.ts';
import { deleteService, setService } from './services.ts';
import type { deregistration, Registration } from './shapes.ts';
import { keyOf, type State } from './state.ts';

/** Registers node, service and checks, or nothing of them. */
export function register(state: State, said: Registration, datacenter: string): void {
  requireDatacenter(said.Datacenter, datacenter);
  if (said.Node === '') throw new Refusal(500, 'Must provide node');
  if (said.Address === '' && !said.SkipNodeUpdate)
    throw new Refusal(500, 'Must provide address if SkipNodeUpdate is not set');
  const node = nodeFrom(said, datacenter);
  const service = said.Service === undefined ? undefined : serviceFrom(said.Service);
  const given = [...(said.Check === undefined ? [] : [said.Check]), ...(said.Checks ?? [])];
  const checks = given.map((check) => checkFromRegistration(check, said.Node));
  state.write(() => {
    if (!said.SkipNodeUpdate || nodeOf(state, said.Node) === undefined) setNode(state, node);
    if (service !== undefined) setService(state, said.Node, service);
    for (const check of checks) {
      if (keyOf(check.Node) !== keyOf(said.Node))
        throw new Refusal(
          500,
          `check node ${JSON.stringify(check.Node)} does not match node ${JSON.stringify(said.Node)}`,
        );
      insertCheck(state, check, said.Node);
    }
  });
}

function insertCheck(state: State, check: Parameters<typeof setCheck>[1], node: string): void {
  try {
    setCheck(state, check);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(500, `failed inserting check: ${error.message} on node ${JSON.stringify(node)}`);
  }
}

/** Removes a service, a check, or, when neither is named, the node. What is not there is removed already. */
export function deregister(state: State, said: ReturnType<typeof deregistration>, datacenter: string): void {
  requireDatacenter(said.Datacenter, datacenter);
  const { Node, ServiceID, CheckID } = said;
  if (Node === '') throw new Refusal(500, 'Must provide node');
  state.write(() => {
    if (ServiceID !== '') deleteService(state, Node, ServiceID);
    else if (CheckID !== '') deleteCheck(state, Node, CheckID);
    else deleteNode(state, Node);
  });
}

/** There is one datacenter. */
function requireDatacenter(wanted: string, own: string): void {
  if (wanted !== '' && wanted !== own) throw new Refusal(500, 'No path to datacenter');
}
