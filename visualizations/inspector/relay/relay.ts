/**
 * Hands the relay's events to the inspector's window, as `@statelyai/inspect` does it in a browser: the window says that it is
 * there, and is posted one event after the other.
 */
const CONNECTED = '@statelyai.connected';

const part = (id: string): HTMLElement => {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no ${id}`);
  return found;
};

const state = part('state');
const inspector = new URL((await (await fetch('inspector')).json()) as string); // safe: what the relay answers
part('address').textContent = inspector.href;

let opened: Window | null = null;
let events: EventSource | undefined;
let sent = 0;

/** Nobody but the inspector may read it: a window that has gone elsewhere gets nothing. */
const pass = ({ data }: MessageEvent): void => {
  opened?.postMessage(JSON.parse(String(data)), inspector.origin);
  sent += 1;
  state.textContent = `connected, ${sent} events passed on`;
};

const isSaid = (data: unknown): boolean =>
  typeof data === 'object' && data !== null && 'type' in data && data.type === CONNECTED;

window.addEventListener('message', ({ data, origin, source }) => {
  if (source === null || source !== opened || origin !== inspector.origin || !isSaid(data)) return;
  events?.close();
  events = new EventSource('events');
  events.onmessage = pass;
  events.onerror = () => {
    state.textContent = 'the daemon does not answer, trying again';
  };
});

part('open').addEventListener('click', () => {
  opened = window.open(inspector, 'xstateinspector');
  state.textContent = opened === null ? 'the browser has blocked the window' : 'waiting for the inspector';
});
