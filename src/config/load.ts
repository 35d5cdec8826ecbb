/** The way from command line and environment to a configuration. */
import { randomUUID } from 'node:crypto';
import { checkDocument } from './check.ts';
import type { Config } from './config.ts';
import { readEnvironment, type Environment } from './environment.ts';
import { readSources } from './files.ts';
import { notesOn } from './notes.ts';
import { toError, type Problem } from './problem.ts';
import { resolve } from './resolve.ts';
import { checkRules } from './rules.ts';
import { mergeSettings } from './settings.ts';

/** A valid configuration, and what to say about it. */
export interface LoadedConfig {
  readonly config: Config;
  /** For the log, at WARN. */
  readonly notes: readonly string[];
}

/**
 * Reads the configuration: `sources` are files and folders, in the order given; a later setting wins over an earlier one,
 * a file over the environment, the environment over the default. `newId` gives `instanceId` where none is set; a reload
 * passes the running instance's own. Rejects with `ESM_CONFIG_INVALID`, a line for every problem there is, no secret in any.
 */
export const loadConfig = async (
  sources: readonly string[],
  env: Environment,
  newId: () => string = randomUUID,
): Promise<LoadedConfig> => {
  const [environment, files] = await Promise.all([readEnvironment(env), readSources(sources)]);
  const problems: Problem[] = [...environment.problems];
  const layers = [environment.settings];
  for (const file of files) {
    const checked = 'root' in file ? checkDocument(file) : { settings: new Map(), problems: [file] };
    problems.push(...checked.problems);
    layers.push(checked.settings);
  }
  const settings = mergeSettings(layers);
  problems.push(...(await checkRules(settings)));
  if (problems.length > 0) throw toError(problems);
  return { config: resolve(settings, environment, newId), notes: notesOn(settings) };
};
