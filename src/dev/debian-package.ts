/** Programs that tests and the demo need, from the machine's own Debian mirror, unpacked without being root. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeFolderOnce } from './once.ts';
import { cachePath } from './project-root.ts';

const run = promisify(execFile);

/** Where Debian keeps the keys of all its suites, old ones too. */
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

export interface DebianPackageOptions {
  /** Default: the machine's own release. */
  readonly suite?: string;
  /** Unpack beside it all that it depends on and that is not installed. */
  readonly withDependencies?: boolean;
}

/**
 * The folder under `.cache/` that holds the unpacked package `name`, fetched once, safely under concurrency, as any user.
 * Throws when this is no Debian or its mirror has no such package.
 */
export async function fetchDebianPackage(
  name: string,
  { suite, withDependencies = false }: DebianPackageOptions = {},
): Promise<string> {
  const release = suite ?? (await ownSuite());
  const folder = cachePath('debian', release, name);
  await makeFolderOnce(folder, async (draft) => {
    const apt = join(draft, 'apt');
    for (const file of await download(name, release, apt, withDependencies)) await run('dpkg', ['-x', file, draft]);
    await rm(apt, { recursive: true });
  });
  return folder;
}

/** Fetches packages into `folder`, with lists, cache and state of its own so that the system's stay untouched; resolves to their files. */
async function download(
  name: string,
  suite: string,
  folder: string,
  withDependencies: boolean,
): Promise<readonly string[]> {
  const sources = join(folder, 'sources.list');
  for (const part of ['lists/partial', 'cache/archives/partial', 'state']) {
    await mkdir(join(folder, part), { recursive: true });
  }
  const signedBy = existsSync(KEYRING) ? `[signed-by=${KEYRING}] ` : '';
  await writeFile(sources, `deb ${signedBy}${await mirror()} ${suite} main\n`);
  const settings = [
    `Dir::Etc::sourcelist=${sources}`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State=${join(folder, 'state')}`,
    `Dir::State::Lists=${join(folder, 'lists')}`,
    `Dir::Cache=${join(folder, 'cache')}`,
    'APT::Sandbox::User=',
    'APT::Install-Recommends=false',
    'Debug::NoLocking=true', // the system's lock is root's, and nothing of the system is changed
    'Acquire::Languages=none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false',
  ].flatMap((setting) => ['-o', setting]);
  const order = withDependencies ? ['install', '--download-only', '--yes'] : ['download'];
  await run('apt-get', [...settings, '-q', 'update'], { cwd: folder });
  await run('apt-get', [...settings, '-q', ...order, name], { cwd: folder });
  const archives = withDependencies ? join(folder, 'cache', 'archives') : folder;
  const files = (await readdir(archives)).filter((file) => file.endsWith('.deb'));
  if (files.length === 0) throw new Error(`apt-get ${order[0] ?? ''} ${name} left no file`);
  return files.map((file) => join(archives, file));
}

/** The main archive among the machine's sources. `debian-security` stands among them too, and has no old suites' packages. */
async function mirror(): Promise<string> {
  const own = await ownSuite();
  const format = '$(COMPONENT) $(CODENAME) $(REPO_URI)';
  const { stdout } = await run('apt-get', ['indextargets', '--format', format, 'Created-By: Packages']);
  const sources = stdout.split('\n').map((line) => line.trim().split(' '));
  const uri = sources.find(
    ([component, suite, at]) => component === 'main' && suite === own && !at?.includes('security'),
  )?.[2];
  if (uri === undefined) throw new Error(`no main archive of ${own} among the sources of apt`);
  return uri;
}

async function ownSuite(): Promise<string> {
  const release = await readFile('/etc/os-release', 'utf8');
  const suite = /^VERSION_CODENAME="?([\w-]+)"?$/m.exec(release)?.[1];
  if (suite === undefined) throw new Error('/etc/os-release names no release');
  return suite;
}
