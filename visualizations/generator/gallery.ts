/** The page that shows all pictures: no script, nothing from the network. */
import type { Chart } from './charts.ts';
import { element, escaped } from './xml.ts';

const STYLE = `
:root{color-scheme:light dark;--paper:#fff;--ink:#0f172a;--muted:#64748b;--line:#e2e8f0;--link:#1d4ed8}
@media (prefers-color-scheme:dark){:root{--paper:#0f141b;--ink:#e6ebf2;--muted:#93a1b5;--line:#2a3442;--link:#8ab4ff}}
body{margin:0 auto;padding:24px;max-width:2250px;background:var(--paper);color:var(--ink);font:16px/1.55 Helvetica,Arial,'Liberation Sans',sans-serif}
h1{font-size:28px;margin:8px 0}
h2{font-size:22px;margin:56px 0 4px}
p,dl{max-width:820px}
a{color:var(--link)}
nav a{margin-right:16px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 20px}
dt{font-weight:700}
dd{margin:0;color:var(--muted)}
.links{color:var(--muted);font-size:14px}
.picture{overflow:auto;margin-top:12px;border:1px solid var(--line);border-radius:10px}
.picture object{display:block;margin:0 auto;width:100%;height:auto}
`.trim();

/** How to read a picture, in pairs: what is drawn, what it means. */
const LEGEND = [
  ['dot', 'leads to the state in which the surrounding one starts'],
  ['dashed frame', 'one of several parts that are active at the same time'],
  ['double frame', 'final: the chart, or this part of it, ends here'],
  ['any state', 'the arrow is taken from whichever of the states around it is active'],
  ['event [guard] / actions', 'taken when the event comes and the guard holds; then the actions run'],
  ['1, 2, 3 in a ring', 'asked in this order: the first whose guard holds is taken'],
  ['after, always', 'when the delay is over; at once'],
  ['done, error', 'the actor that the state invokes has ended, or failed'],
  [
    'lines in a box',
    'what happens without leaving the state: on entry, on exit, the actors it runs, the events it handles',
  ],
  ['ignored, re-enters', 'nobody further out hears of the event; the state starts anew'],
] as const;

const legend = (): string =>
  element(
    'dl',
    {},
    LEGEND.map(([drawn, meaning]) => element('dt', {}, [drawn]) + element('dd', {}, [meaning])),
  );

const link = (href: string, text: string): string => element('a', { href }, [escaped(text)]);

/** A chart and the width of its picture. */
export interface Exhibit {
  readonly chart: Chart;
  readonly width: number;
}

/** Below that scale nobody reads the words any more: the picture moves beneath its frame instead. */
const LEAST_SCALE = 0.65;

function section({ chart, width }: Exhibit): string {
  const { id } = chart.machine;
  const files = [
    link(`${id}.svg`, 'picture alone'),
    link(`${id}.mmd`, 'Mermaid'),
    link(`${id}.ts`, 'for Stately'),
  ].join(' · ');
  return element('section', { id }, [
    element('h2', {}, [id]),
    ...chart.paragraphs.map((paragraph) => element('p', {}, [escaped(paragraph)])),
    element('div', { class: 'links' }, [files]),
    element('div', { class: 'picture' }, [
      element(
        'object',
        {
          data: `${id}.svg`,
          type: 'image/svg+xml',
          'aria-label': `Statechart ${id}`,
          style: `max-width:${Math.ceil(width)}px;min-width:${Math.ceil(width * LEAST_SCALE)}px`,
        },
        [link(`${id}.svg`, id)],
      ),
    ]),
  ]);
}

/** The page, as HTML. */
export const galleryOf = (exhibits: readonly Exhibit[]): string =>
  [
    '<!doctype html>',
    '<html lang="en">',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width">',
    '<title>The statecharts of consul-esm</title>',
    element('style', {}, [STYLE]),
    element('h1', {}, ['The statecharts of consul-esm']),
    element('p', {}, ['Drawn from the very charts that the daemon runs. Point at a state to read what it is for.']),
    element(
      'nav',
      { 'aria-label': 'Charts' },
      exhibits.map(({ chart: { machine } }) => link(`#${machine.id}`, machine.id)),
    ),
    element('h2', {}, ['How to read them']),
    legend(),
    ...exhibits.map(section),
    '</html>',
    '',
  ].join('\n');
