/** How a story that failed is told, and told again. */
import type fc from 'fast-check';

/** Shortening takes many runs. */
export const STORY_LIMIT_MS = 600_000;

export interface Replay {
  readonly seed: number;
  /** How many stories, unless one is told again. */
  readonly runs: number;
  /** Of fast-check: which of the shortened stories. */
  readonly path: string | undefined;
  readonly replayPath: string | undefined;
}

/** From `STORIES`, and from `STORY`, which a failure tells. */
export const replayOf = ({ STORIES = '100', STORY = '1' }: NodeJS.ProcessEnv): Replay => {
  const [seed, path, replayPath] = STORY.split('/');
  return { seed: Number(seed), runs: Number(STORIES), path, replayPath };
};

/** The shortest story that was found, in sentences, and what to call to hear it again. */
export const reportOf = <Values extends unknown[]>({
  seed,
  counterexamplePath,
  counterexample,
  errorInstance,
  numShrinks,
}: fc.RunDetails<Values>): string => {
  const replayPath = /replayPath="([^"]*)"/.exec(String(counterexample?.at(-1)))?.[1] ?? '';
  const story = [seed, counterexamplePath, replayPath].join('/');
  return [
    errorInstance instanceof Error ? errorInstance.message : String(errorInstance),
    '',
    `Shortened ${numShrinks} times. To hear it again:`,
    `STORY='${story}' npx vitest run --project model test/model/stories.test.ts`,
  ].join('\n');
};
