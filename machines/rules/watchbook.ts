/** What is known of a node's health and owed to the catalog; the node's counterpart of the check's ledger. */
import type { Write } from '../model.ts';
import { nodeRemoval, nodeReport, type NodeReport } from './report.ts';

export interface NodeSettings {
  /** How long a node may fail its pings before it is removed. */
  readonly nodeReconnectTimeoutMs: number;
  /** How often an unchanged status is written again. */
  readonly nodeHealthRefreshIntervalMs: number;
}

/** A node as the roster hands it over. */
export interface NodeEntry {
  readonly name: string;
  readonly partition: string;
  /** Is the node to be pinged at all? */
  readonly isProbed: boolean;
  /** Status of `externalNodeHealth` as the catalog holds it; undefined: there is no such check, or no known status. */
  readonly status: 'passing' | 'critical' | undefined;
  /** The time that KV holds, if it is this node's. */
  readonly failingSinceMs: number | undefined;
  readonly settings: NodeSettings;
  /** Unique for this start of the node: keeps its write ids apart from those of an earlier life. */
  readonly incarnation: string;
  readonly startedAtMs: number;
}

export interface Watchbook extends NodeEntry {
  /** When the status was last written, or the node was started. */
  readonly writtenAtMs: number;
  readonly report: NodeReport | undefined;
  readonly removalId: string | undefined;
  /** The ping whose result is awaited; results of others are stale. */
  readonly run: number;
  readonly writes: number;
}

/** The entry comes last, as in a check's ledger. */
export const openWatchbook = (entry: NodeEntry): Watchbook => ({
  writtenAtMs: entry.startedAtMs,
  report: undefined,
  removalId: undefined,
  run: 0,
  writes: 0,
  ...entry,
});

const nextWriteId = (book: Watchbook): string => `node\0${book.name}\0${book.incarnation}\0${book.writes}`;

/**
 * Must `status` be written: because it is news to the check or to KV, which hold it together, or because the last writing
 * was a refresh interval ago?
 */
export const isReportDue = (book: Watchbook, status: 'passing' | 'critical', atMs: number): boolean => {
  if (book.report !== undefined) return book.report.status !== status;
  const isNews = book.status !== status || (book.failingSinceMs === undefined) !== (status === 'passing');
  return isNews || atMs - book.writtenAtMs >= book.settings.nodeHealthRefreshIntervalMs;
};

const latestFailure = (book: Watchbook): number | undefined => (book.report ?? book).failingSinceMs;

/** A first failure starts the time to removal; later ones keep it; an answer, committed or not, ends it. */
export const reportedNode = (book: Watchbook, status: 'passing' | 'critical', atMs: number): Partial<Watchbook> => ({
  writes: book.writes + 1,
  report: {
    writeId: nextWriteId(book),
    status,
    failingSinceMs: status === 'critical' ? (latestFailure(book) ?? atMs) : undefined,
  },
});

/** Consul has committed the report: it is the truth now. */
export const believedNode = ({ report }: Watchbook, atMs: number): Partial<Watchbook> =>
  report === undefined
    ? {}
    : { status: report.status, failingSinceMs: report.failingSinceMs, writtenAtMs: atMs, report: undefined };

/** When the node is to be removed, by what is committed; Infinity: not as long as it answers. */
export const removalDueMs = ({ failingSinceMs = Infinity, settings }: Watchbook): number =>
  failingSinceMs + settings.nodeReconnectTimeoutMs;

/** Is a report under way that ends the failure, or dates it anew? Nothing is removed before that is settled. */
export const isFailureContested = ({ report, failingSinceMs }: Watchbook): boolean =>
  report !== undefined && report.failingSinceMs !== failingSinceMs;

export const plannedNodeRemoval = (book: Watchbook): Partial<Watchbook> => ({
  removalId: nextWriteId(book),
  writes: book.writes + 1,
});

/** The report as the writer takes it. Throws when nothing is owed: the chart submits only what it has made. */
export const nodeReportWrite = ({ name, partition, report }: Watchbook): Write => {
  if (report === undefined) throw new Error(`no report to write for node ${name}`);
  return nodeReport(name, partition, report);
};

/** The removal as the writer takes it. Throws when none is planned. */
export const nodeRemovalWrite = ({ name, partition, removalId }: Watchbook): Write => {
  if (removalId === undefined) throw new Error(`no removal to write for node ${name}`);
  return nodeRemoval(removalId, name, partition);
};
