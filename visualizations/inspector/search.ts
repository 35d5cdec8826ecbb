/** The search box: nodes and checks as one types, kept up to date while the result is shown. */
import type { ActorView, Findings } from '../../src/observe/statecharts/wire.ts';
import { byId } from './elements.ts';

const TYPING_MS = 120;
const REFRESH_MS = 2_000;

const hint = ({ total, found }: Findings, text: string): string => {
  if (total === 0) return text === '' ? 'This instance has no nodes yet.' : 'Nothing of this instance is called so.';
  return total > found.length ? `${total} in all, the first ${found.length}:` : '';
};

/** `show` is told what was found, again and again. */
export const startSearch = (show: (found: readonly ActorView[]) => void): void => {
  const box = byId('search', HTMLInputElement);
  const total = byId('total', HTMLElement);
  const list = byId('found', HTMLElement);
  let timer: ReturnType<typeof setTimeout> | undefined;

  const later = (delayMs: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), delayMs);
  };
  const look = async (): Promise<void> => {
    const text = box.value;
    try {
      const answer = await fetch(`statecharts/search?q=${encodeURIComponent(text)}`);
      const findings = (await answer.json()) as Findings; // safe: what the daemon answers with 200
      if (text !== box.value) return; // somebody typed on, and a newer search is on its way
      total.textContent = hint(findings, text);
      show(findings.found);
    } catch {
      total.textContent = 'The daemon does not answer.';
    }
    later(REFRESH_MS);
  };

  box.addEventListener('input', () => {
    later(TYPING_MS);
  });
  box.addEventListener('keydown', (event) => {
    const first = list.querySelector('a');
    if (event.key === 'ArrowDown') first?.focus();
    else if (event.key === 'Enter') first?.click();
    else return;
    event.preventDefault();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || document.activeElement === box) return;
    event.preventDefault();
    box.select();
  });
  void look();
};
