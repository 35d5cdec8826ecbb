import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { version } from '../../src/version.ts';
import { eventually } from '../support/eventually.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));

let folder: string;
let tarball: string;
let files: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'esm-package-'));
  // npm test has just built; building anew would pull dist away from under the other suites
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const { stdout } = await run('npm', pack, { cwd: root });
  // safe: what npm pack --json prints
  const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[];
  tarball = join(folder, packed!.filename);
  files = packed!.files.map(({ path }) => path);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

it('holds what is needed to run, read and install it, and nothing else', () => {
  for (const file of ['LICENSE', 'README.md', 'CHANGELOG.md', 'consul-esm.service', 'docs/configuration.md'])
    expect(files).toContain(file);
  for (const file of [
    'bin/consul-esm',
    'dist/src/main.js',
    'dist/src/index.d.ts',
    'dist/machines/index.js',
    'dist/revision',
  ])
    expect(files).toContain(file);
  for (const file of ['index.html', 'inspector.css']) expect(files).toContain(`visualizations/inspector/${file}`);
  expect(files).toContain('dist/visualizations/inspector/inspector.js');
  expect(files.filter((file) => /^visualizations\/\w+\.svg$/.test(file))).toHaveLength(9);
  const folders = new Set(files.filter((file) => file.includes('/')).map((file) => file.split('/')[0]));
  expect([...folders].sort()).toEqual(['bin', 'dist', 'docs', 'visualizations']);
});

it('has nothing that publint would say', async () => {
  const bytes = await readFile(tarball);
  const { messages, pkg } = await publint({ strict: true, pack: { tarball: new Uint8Array(bytes).buffer } });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
});

it('installs into an empty folder, answers -version, can be imported, and brings all that it takes to try it out', async () => {
  const home = await mkdtemp(join(folder, 'home-'));
  await writeFile(join(home, 'package.json'), '{"private":true}');
  const flags = ['--omit=dev', '--no-audit', '--no-fund', '--prefer-offline', '--prefix', home];
  await run('npm', ['install', ...flags, tarball], { cwd: home });
  const bin = join(home, 'node_modules', '.bin', 'consul-esm');
  const { stdout, stderr } = await run(bin, ['-version'], { cwd: home });
  const revision = (await readFile(join(root, 'dist', 'revision'), 'utf8')).trim();
  expect({ stdout, stderr }).toEqual({ stdout: `consul-esm ${version} (${revision})\n`, stderr: '' });
  const program = `
    const { createDaemon } = await import('consul-esm');
    const { checkMachine } = await import('consul-esm/machines');
    console.log(typeof createDaemon, checkMachine.id);
  `;
  const imported = await run(process.execPath, ['--input-type=module', '--eval', program], { cwd: home });
  expect(imported.stdout).toBe('function check\n');
  expect(await readdir(join(home, 'node_modules'))).not.toContain('vitest');
  expect(await tryOut(bin, home)).toEqual({ code: 0, stderr: '', shown: [200, 200, 200, 200] });
});

/** Runs `consul-esm dev` until both checks pass, looks at its statecharts, and Ctrl-C. */
async function tryOut(bin: string, cwd: string): Promise<{ code: unknown; stderr: string; shown: number[] }> {
  const child = spawn(bin, ['dev', '-port=0'], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    const ended = once(child, 'close');
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
    child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
    await eventually(
      'both checks passing',
      () => stdout.match(/ is now passing/g)?.length === 2 || child.exitCode !== null,
    );
    const page = /Statecharts are shown at (\S+)/.exec(stdout)?.[1] ?? '';
    const files = ['', '/check.svg', '/inspector.js', '/inspector.css'];
    const shown = await Promise.all(files.map(async (file) => (await fetch(page + file)).status));
    child.kill('SIGINT');
    const [code] = (await ended) as unknown[]; // safe: `once` gives `any`
    return { code, stderr, shown };
  } finally {
    child.kill('SIGKILL');
  }
}
