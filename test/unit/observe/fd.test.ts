import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { FdSinkOptions } from '../../../src/observe/fd.ts';

const LINES = 20_000;
const source = (file: string): string => JSON.stringify(new URL(`../../../src/observe/${file}`, import.meta.url).href);

/** A process that logs 20,000 numbered lines at once, closes its log when its stdin ends, and leaves by process.exit. */
const program = (options: FdSinkOptions): string => `
  import { createLog } from ${source('create-log.ts')};
  import { fdSink } from ${source('fd.ts')};
  const log = createLog({ level: 'INFO', sinks: [fdSink(${JSON.stringify(options)})] });
  for (let n = 0; n < ${LINES}; n++) log.info('line', { n, padding: 'x'.repeat(50) });
  process.stdin.on('end', async () => { await log.close(); log.info('late'); process.exit(7); }).resume();
`;

type Writer = ChildProcessByStdio<Writable, Readable, Readable>;
let writer: Writer | undefined;

afterEach(async () => {
  if (writer?.exitCode !== null) return;
  writer.kill('SIGKILL');
  await once(writer, 'exit');
});

function write(options: FdSinkOptions = {}): Writer {
  const args = ['--import', 'tsx', '--input-type=module', '--eval', program(options)];
  writer = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  return writer;
}

const numbers = (text: string): number[] => [...text.matchAll(/ n=(\d+) /g)].map((match) => Number(match[1]));

describe('the log on stdout', () => {
  it('brings every line to a slow reader before the process leaves', async () => {
    const child = write({ preface: 'Consul ESM running!\n' });
    child.stdin.end();
    let text = '';
    for await (const chunk of child.stdout) {
      text += String(chunk);
      for (let turns = 0; turns < 50; turns++) await turn();
    }
    expect(numbers(text)).toEqual(Array.from({ length: LINES }, (_, n) => n));
    expect(text).toMatch(/^Consul ESM running!\n\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[INFO\] line: n=0 padding=x+\n/);
    expect(text.endsWith('\n')).toBe(true);
  });

  it('survives a closed pipe without a word', async () => {
    const child = write();
    child.stdout.destroy();
    child.stdin.end();
    let complaint = '';
    child.stderr.on('data', (chunk) => (complaint += String(chunk)));
    expect(await once(child, 'close')).toEqual([7, null]);
    expect(complaint).toBe('');
  });

  it('leaves although the reader takes nothing', async () => {
    const child = write({ stallMs: 100 });
    child.stdin.end();
    expect(await once(child, 'exit')).toEqual([7, null]);
  });

  it('holds a bounded number of bytes for a slow reader, and says how many lines it dropped', async () => {
    const child = write({ maxWaitingBytes: 200_000 });
    let text = '';
    for await (const chunk of child.stdout) {
      text += String(chunk);
      if (text.includes('[WARN] Log lines were dropped')) child.stdin.end();
    }
    const dropped = Number(/too slow: lines=(\d+)/.exec(text)?.[1]);
    expect(dropped).toBeGreaterThan(0);
    expect(numbers(text).length + dropped).toBe(LINES);
  });
});
