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

/**
 * The folder under `.cache/` that holds the unpacked package `name` of `suite` (default: the machine's own release),
 * fetched once, safely under concurrency, as any user. Throws when this is no Debian or its mirror has no such package.
 */
export async function fetchDebianPackage(name: string, suite?: string): Promise<string> {
  const release = suite ?? (await ownSuite());
  const folder = cachePath('debian', release, name);
  await makeFolderOnce(folder, async (draft) => {
    const apt = join(draft, 'apt');
    await download(name, release, apt);
    const archive = (await readdir(apt)).find((file) => file.endsWith('.deb'));
    if (archive === undefined) throw new Error(`apt-get download ${name} left no file`);
    await run('dpkg', ['-x', join(apt, archive), draft]);
    await rm(apt, { recursive: true });
  });
  return folder;
}

/** Fetches the package's file into `folder`, with lists, cache and state of its own so that the system's stay untouched. */
async function download(name: string, suite: string, folder: string): Promise<void> {
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
    'Acquire::Languages=none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false',
  ].flatMap((setting) => ['-o', setting]);
  await run('apt-get', [...settings, '-q', 'update'], { cwd: folder });
  await run('apt-get', [...settings, '-q', 'download', name], { cwd: folder });
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
