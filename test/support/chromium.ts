/** A real browser without a window, told what to do by the Chrome DevTools protocol. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findChromium } from './chromium-binary.ts';
import { connectDevTools, type DevTools } from './devtools.ts';
import { eventually } from './eventually.ts';

export interface Page {
  /** The value of an expression in the page, as JSON holds it. Rejects with what it throws. */
  evaluate(expression: string): Promise<unknown>;
  /** Resolves once the expression is truthy in the page. */
  until(expression: string, deadlineMs?: number): Promise<void>;
  /** Types into whatever has the focus. */
  type(text: string): Promise<void>;
  press(key: 'Enter' | 'ArrowDown' | 'Tab' | '/'): Promise<void>;
  /** How the page is seen from now on. */
  view(seen: { readonly width: number; readonly height: number; readonly scheme: 'light' | 'dark' }): Promise<void>;
  /** Writes what is seen, as PNG. */
  screenshot(file: string): Promise<void>;
  /** What the browser's console was told so far: errors of the page, and what its policy forbade. */
  readonly complaints: readonly string[];
}

export interface Chromium extends AsyncDisposable {
  open(url: string): Promise<Page>;
}

/** Has the kernel kill the browser when the test dies in whatever way. */
const SETPRIV = '/usr/bin/setpriv';

/** The address of its protocol, which it says once it listens. */
async function devToolsUrl(child: ChildProcess): Promise<string> {
  const { stderr } = child;
  if (stderr === null) throw new Error('no stderr');
  let said = '';
  for await (const line of createInterface({ input: stderr })) {
    said += `${line}\n`;
    const url = /^DevTools listening on (ws:\S+)/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error(`Chromium ended without a word on where it listens:\n${said}`);
}

/** Its own profile, no sandbox (which containers do not let it make), and nothing but this machine in reach. */
const flags = (profile: string): readonly string[] => [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-popup-blocking',
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost',
  '--remote-debugging-port=0',
  `--user-data-dir=${profile}`,
  'about:blank',
];

export async function startChromium(): Promise<Chromium> {
  const profile = await mkdtemp(join(tmpdir(), 'consul-esm-chromium-'));
  const { path, env } = await findChromium();
  const command = [path, ...flags(profile)];
  const [program = '', ...args] = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'KILL', ...command] : command;
  const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  const tools = await connectDevTools(await devToolsUrl(child));
  child.stderr.resume();
  return {
    open: (url) => openPage(tools, url),
    async [Symbol.asyncDispose]() {
      await tools.call('Browser.close').catch(() => child.kill('SIGKILL'));
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

const KEYS = {
  Enter: ['Enter', 13, '\r'],
  ArrowDown: ['ArrowDown', 40],
  Tab: ['Tab', 9],
  '/': ['Slash', 191, '/'],
} as const;

async function openPage(tools: DevTools, url: string): Promise<Page> {
  const { targetId } = await tools.call('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await tools.call('Target.attachToTarget', { targetId, flatten: true });
  const session = String(sessionId);
  const call: DevTools['call'] = (method, params) => tools.call(method, params, session);
  const complaints: string[] = [];
  tools.on(session, 'Log.entryAdded', ({ entry }) => complaints.push(JSON.stringify(entry)));
  tools.on(session, 'Runtime.exceptionThrown', (thrown) => complaints.push(JSON.stringify(thrown)));
  for (const domain of ['Page', 'Runtime', 'Log']) await call(`${domain}.enable`);
  await call('Page.navigate', { url });
  const evaluate: Page['evaluate'] = async (expression) => {
    const answer = await call('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (answer['exceptionDetails'] !== undefined) throw new Error(JSON.stringify(answer['exceptionDetails']));
    return (answer['result'] as { readonly value?: unknown }).value; // safe: the protocol's own field
  };
  return {
    evaluate,
    complaints,
    async until(expression, deadlineMs = 20_000) {
      const look = async (): Promise<boolean> => Boolean(await evaluate(expression));
      await eventually(`${expression} in the page`, look, { deadlineMs });
    },
    async type(text) {
      await call('Input.insertText', { text });
    },
    async press(key) {
      const [code, windowsVirtualKeyCode, text] = KEYS[key];
      const what = { key, code, windowsVirtualKeyCode, ...(text === undefined ? {} : { text }) };
      await call('Input.dispatchKeyEvent', { type: 'keyDown', ...what });
      await call('Input.dispatchKeyEvent', { type: 'keyUp', ...what });
    },
    async view({ width, height, scheme }) {
      await call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
      await call('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
    },
    async screenshot(file) {
      const { data } = await call('Page.captureScreenshot', { format: 'png' });
      await writeFile(file, Buffer.from(String(data), 'base64'));
    },
  };
}
