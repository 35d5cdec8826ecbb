/** The verbs of nodes, services and checks in a transaction: the same five for each. */
import { checkOf, deleteCheck, setCheck } from './checks.ts';
import { deleteNode, nodeOf, setNode } from './nodes.ts';
import type { Indexed } from './records.ts';
import { Refusal } from './request.ts';
import { checkFromOperation, nodeFromOperation, requireNodeId, serviceFrom } from './said.ts';
import { deleteService, serviceOf, setService } from './services.ts';
import type { Operation } from './shapes.ts';
import type { State } from './state.ts';

/** One record of the catalog, as an operation means it. */
interface Subject {
  /** `check "c" on node "n"`. */
  readonly what: string;
  readonly kind: 'Node' | 'Service' | 'Check';
  readonly index: number;
  get(): Indexed | undefined;
  /** Throws a Refusal. */
  set(): Indexed;
  delete(): void;
  /** Throws when the operation does not say all that a write needs. */
  require(): void;
}

/** Throws when the operation does not say all that a write needs. */
export function requireCatalog(state: State, operation: Operation, datacenter: string): void {
  if (verbOf(operation) !== 'get') subjectOf(state, operation, datacenter)?.require();
}

const verbOf = ({ Node, Service, Check }: Operation): string => (Node ?? Service ?? Check)?.Verb ?? '';

/** The records that the operation tells. Throws a Refusal with what is wrong. */
export function performCatalog(state: State, operation: Operation, datacenter: string): readonly object[] {
  const subject = subjectOf(state, operation, datacenter);
  if (subject === undefined) return [];
  const record = perform(subject, verbOf(operation));
  return record === undefined ? [] : [{ [subject.kind]: told(record) }];
}

/** Transactions alone tell no tags as null. */
function told(record: Indexed): object {
  if ('Tags' in record && isEmpty(record.Tags)) return { ...record, Tags: null };
  return 'ServiceTags' in record && isEmpty(record.ServiceTags) ? { ...record, ServiceTags: null } : record;
}

const isEmpty = (tags: unknown): boolean => Array.isArray(tags) && tags.length === 0;

function perform(subject: Subject, verb: string): Indexed | undefined {
  const { what, index } = subject;
  const isAt = (record: Indexed | undefined): boolean => (record?.ModifyIndex ?? 0) === index;
  switch (verb) {
    case 'get':
      return subject.get() ?? fail(`${what} doesn't exist`);
    case 'set':
      return subject.set();
    case 'cas':
      return isAt(subject.get()) ? subject.set() : fail(`failed to set ${what}, index is stale`);
    case 'delete':
      subject.delete();
      return undefined;
    case 'delete-cas':
      if (subject.get() === undefined || !isAt(subject.get())) fail(`failed to delete ${what}, index is stale`);
      subject.delete();
      return undefined;
    default:
      return fail(`unknown ${subject.kind} verb ${JSON.stringify(verb)}`);
  }
}

const fail = (text: string): never => {
  throw new Refusal(409, text);
};

function subjectOf(state: State, { Node, Service, Check }: Operation, dc: string): Subject | undefined {
  if (Node !== undefined) return nodeSubject(state, Node.Node, dc);
  if (Service !== undefined) return serviceSubject(state, Service.Node, Service.Service);
  return Check === undefined ? undefined : checkSubject(state, Check.Check);
}

const nodeSubject = (state: State, said: NonNullable<Operation['Node']>['Node'], dc: string): Subject => ({
  what: `node ${JSON.stringify(said.Node)}`,
  kind: 'Node',
  index: said.ModifyIndex,
  get: () => nodeOf(state, said.Node),
  set: () => setNode(state, nodeFromOperation(said, dc)),
  delete() {
    deleteNode(state, said.Node);
  },
  require() {
    if (said.Node === '') fail('Must provide node');
    requireNodeId(said.ID);
  },
});

function serviceSubject(state: State, node: string, said: NonNullable<Operation['Service']>['Service']): Subject {
  const id = said.ID === '' ? said.Service : said.ID;
  return {
    what: `service ${JSON.stringify(id)} on node ${JSON.stringify(node)}`,
    kind: 'Service',
    index: said.ModifyIndex,
    get: () => serviceOf(state, node, id),
    set: () => setService(state, node, serviceFrom(said)),
    delete() {
      deleteService(state, node, id);
    },
    require() {
      serviceFrom(said);
    },
  };
}

const checkSubject = (state: State, said: NonNullable<Operation['Check']>['Check']): Subject => ({
  what: `check ${JSON.stringify(said.CheckID)} on node ${JSON.stringify(said.Node)}`,
  kind: 'Check',
  index: said.ModifyIndex,
  get: () => checkOf(state, said.Node, said.CheckID),
  set: () => setCheck(state, checkFromOperation(said)),
  delete() {
    deleteCheck(state, said.Node, said.CheckID);
  },
  require: () => undefined,
});
