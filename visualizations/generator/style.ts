/** How the pictures look: one set of colours for light surroundings, one for dark ones. */
import { FONT_FAMILY } from './glyphs.ts';
import { TEXT_SIZE, TITLE_SIZE } from './words.ts';

const LIGHT = {
  paper: '#ffffff',
  state: '#ffffff',
  nest: '#64748b12',
  border: '#94a3b8',
  ink: '#0f172a',
  muted: '#64748b',
  arrow: '#475569',
  guard: '#b45309',
  after: '#7c3aed',
  always: '#0e7490',
  done: '#15803d',
  error: '#be123c',
};

const DARK: typeof LIGHT = {
  paper: '#0f141b',
  state: '#1a212b',
  nest: '#94a3b80f',
  border: '#52627a',
  ink: '#e6ebf2',
  muted: '#93a1b5',
  arrow: '#9fb0c6',
  guard: '#f0b35c',
  after: '#c4a7ff',
  always: '#5ccfe6',
  done: '#6cd08b',
  error: '#ff8aa0',
};

const variables = (colours: typeof LIGHT): string =>
  Object.entries(colours)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';');

/** The style sheet of a picture. Its rules hold within `.statechart` only, so that pictures may share a page. */
export const STYLE = `
.statechart{${variables(LIGHT)};font:${TEXT_SIZE}px ${FONT_FAMILY}}
@media (prefers-color-scheme:dark){.statechart{${variables(DARK)}}}
.statechart .paper{fill:var(--paper)}
.statechart .state>rect{fill:var(--state);stroke:var(--border);stroke-width:1.5}
.statechart .state.nest>rect{fill:var(--nest)}
.statechart .state.region>rect{stroke-dasharray:6 4}
.statechart .state>line{stroke:var(--border)}
.statechart .state.region>line{stroke-dasharray:6 4}
.statechart text{fill:var(--ink)}
.statechart .state text{paint-order:stroke;stroke:var(--state);stroke-width:3px;stroke-linejoin:round}
.statechart .state.nest text{stroke:none}
.statechart .title{font-weight:700;font-size:${TITLE_SIZE}px}
.statechart .name{font-weight:700}
.statechart .keyword,.statechart .action,.statechart .value{fill:var(--muted)}
.statechart .keyword{font-style:italic}
.statechart .guard{fill:var(--guard)}
.statechart .after{fill:var(--after)}
.statechart .always{fill:var(--always)}
.statechart .done{fill:var(--done)}
.statechart .error{fill:var(--error)}
.statechart .order circle{fill:none;stroke:var(--muted)}
.statechart .order text{fill:var(--muted);font-size:9px;text-anchor:middle}
.statechart .arrow{fill:none;stroke:var(--arrow);stroke-width:1.4}
.statechart .head,.statechart .dot{fill:var(--arrow)}
.statechart .any rect{fill:none;stroke:var(--arrow);stroke-dasharray:3 3}
.statechart .any text{fill:var(--muted);font-style:italic;text-anchor:middle}
.statechart .taken text{fill:var(--done)}
.statechart .untaken text{fill:var(--error)}
.statechart .arrow.taken{stroke:var(--done)}
.statechart .arrow.untaken{stroke:var(--error);stroke-width:2.5}
.statechart .label>rect{fill:var(--paper);stroke:var(--arrow);stroke-opacity:.35}
`.trim();
