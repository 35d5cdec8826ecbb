import { describe, expect, it } from 'vitest';
import { parseCommandLine, USAGE } from '../../src/cli.ts';

const run = (...sources: string[]) => ({ command: 'run', sources });

describe('parseCommandLine', () => {
  it.each([
    [[], run()],
    [['-config-file=a.hcl'], run('a.hcl')],
    [['--config-file=a.hcl'], run('a.hcl')],
    [['-config-file', 'a.hcl'], run('a.hcl')],
    [['--config-dir', 'a.d', '-config-file=b.hcl', '-config-dir=c.d'], run('a.d', 'b.hcl', 'c.d')],
    [['-config-file', '-odd-name'], run('-odd-name')],
    [['-config-file', '--'], run('--')],
    [['-config-file=a=b'], run('a=b')],
    [['-config-file=two\nlines'], run('two\nlines')],
    [['-version'], { command: 'version', sources: [] }],
    [['--version'], { command: 'version', sources: [] }],
    [['-v'], { command: 'version', sources: [] }],
    [['-version=true'], { command: 'version', sources: [] }],
    [['-version=false', '-config-file=a'], run('a')],
    [['-h'], { command: 'help', sources: [] }],
    [['--help'], { command: 'help', sources: [] }],
    [['-nonsense', '-help'], { command: 'help', sources: [] }],
    [['-config-file=a', '-v'], { command: 'version', sources: [] }],
    [['dev'], { command: 'dev', argv: [] }],
    [['dev', '-help', 'x'], { command: 'dev', argv: ['-help', 'x'] }],
    [['inspect', '-url=u'], { command: 'inspect', argv: ['-url=u'] }],
  ])('reads %j', (argv, expected) => {
    expect(parseCommandLine(argv)).toEqual(expected);
  });

  it.each([
    [['-config-fil=a'], 'flag provided but not defined: -config-fil; did you mean -config-file?'],
    [['--nonsense'], 'flag provided but not defined: -nonsense'],
    [['-constructor'], 'flag provided but not defined: -constructor'],
    [['-config-file'], 'flag needs an argument: -config-file'],
    [['-config-dir='], 'flag needs an argument: -config-dir'],
    [['-version=maybe'], 'invalid value "maybe" for flag -version; allowed: true or false'],
    [['a.hcl'], 'unexpected argument: a.hcl'],
    [['-config-file=a', 'dev'], 'unexpected argument: dev'],
    [['-config-file=a', '--', '-v'], 'unexpected argument: -v'],
    [['-'], 'unexpected argument: -'],
  ])('refuses %j', (argv, sentence) => {
    expect(() => parseCommandLine(argv)).toThrow(
      expect.objectContaining({ code: 'ESM_FLAGS_INVALID', message: `${sentence}\nconsul-esm -help lists the flags.` }),
    );
  });

  it('explains every flag', () => {
    for (const flag of ['-config-file', '-config-dir', '-version', '-v', '-help', '-h']) expect(USAGE).toContain(flag);
  });
});
