/** The program: command line to exit code. Started by bin/consul-esm. */
import { parseCommandLine, USAGE } from './cli.ts';
import { EsmError, exitCodeOf } from './errors.ts';
import { keepHeapSmall } from './heap.ts';
import { versionLine } from './version.ts';

const main = async (argv: readonly string[]): Promise<number> => {
  const line = parseCommandLine(argv);
  switch (line.command) {
    case 'help':
      process.stdout.write(USAGE);
      return 0;
    case 'version':
      process.stdout.write(`${versionLine}\n`);
      return 0;
    case 'run': {
      keepHeapSmall(); // before the rest is loaded: what the young generation has grown by then it keeps
      const { run } = await import('./run.ts');
      return await run(line.sources);
    }
    case 'dev': {
      const { dev } = await import('./dev/dev.ts'); // what the daemon itself never needs
      return await dev(line.argv);
    }
    case 'inspect': {
      const { inspect } = await import('./dev/inspect/inspect.ts');
      return await inspect(line.argv);
    }
  }
};

// By exit, not by exitCode: a write to a pipe that nobody reads would keep the process alive for ever.
try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  const known = error instanceof EsmError;
  process.stderr.write(`consul-esm: ${known ? error.message : String(error)}\n`);
  process.exit(known ? exitCodeOf(error.code) : 1);
}
