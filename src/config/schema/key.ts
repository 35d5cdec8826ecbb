/** What the schema says about one key: JSON Schema for what is allowed, and our own words for the rest. */

/** What every key has. Our own words are `description` downward to `later`; ajv takes them as annotations. */
interface KeyNotes {
  /** One or two sentences for the documentation: what the key means to the user. */
  readonly description: string;
  /** The variable that sets the key where no file does. */
  readonly env?: string;
  /** Never shown: not in an error, a log line or a description. */
  readonly secret?: true;
  /** SIGHUP puts a changed value into effect; other keys need a restart. */
  readonly reload?: true;
  /** Accepted, checked and kept, but the feature behind it does not exist yet. */
  readonly later?: true;
}

interface TextKey extends KeyNotes {
  readonly type: 'string';
  readonly default: string;
  /** The only words allowed, in capitals or small letters as they stand here; any case is read. */
  readonly enum?: readonly string[];
  /** `duration`: Go's, in the configuration as milliseconds. `host:port`: where to listen. `file`, `folder`: must exist and be readable. */
  readonly format?: 'duration' | 'address' | 'host:port' | 'file' | 'folder';
  /** Least duration allowed. */
  readonly atLeast?: string;
}

interface FlagKey extends KeyNotes {
  readonly type: 'boolean';
  readonly default: boolean;
}

interface CountKey extends KeyNotes {
  readonly type: 'integer';
  readonly default: number;
  readonly minimum: number;
}

/** A number, or one word instead that leaves the choice to the program. */
interface CountOrWordKey extends KeyNotes {
  readonly type: readonly ['integer', 'string'];
  readonly minimum: number;
  readonly pattern: '^auto$';
  readonly default: 'auto';
}

interface ListKey extends KeyNotes {
  readonly type: 'array';
  readonly items: { readonly type: 'string' };
  readonly default: readonly string[];
}

/** A block with keys of the user's own choice. */
interface MapKey extends KeyNotes {
  readonly type: 'object';
  readonly additionalProperties: { readonly type: 'string' };
  readonly minProperties: number;
  readonly default: Readonly<Record<string, string>>;
}

/** A block with keys of ours. */
interface BlockKey extends KeyNotes {
  readonly type: 'object';
  readonly additionalProperties: false;
  readonly properties: Readonly<Record<string, Key>>;
  readonly default: Readonly<Record<string, never>>;
}

export type Key = TextKey | FlagKey | CountKey | CountOrWordKey | ListKey | MapKey | BlockKey;
export type Keys = Readonly<Record<string, Key>>;
