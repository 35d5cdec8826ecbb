/** A chart as Stately imports it: the very configuration, without what only a program can hold. */
import { format } from 'prettier';
import type { AnyStateMachine } from 'xstate';

/** Stately, like JSON, drops functions (`context`, `input`, `output`, `params`); the names that stand beside them stay. */
function withoutFunctions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutFunctions);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, inner]) => typeof inner !== 'function');
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutFunctions(inner)]));
}

/** The source of a module that makes the same chart without its implementations. */
export async function statelyOf(machine: AnyStateMachine): Promise<string> {
  const { options: _bounds, ...shape } = machine.config as Record<string, unknown>; // safe: a configuration is an object
  const config = JSON.stringify(withoutFunctions(shape), undefined, 2);
  const source = `import { createMachine } from 'xstate';\n\nexport const ${machine.id}Machine = createMachine(${config});\n`;
  return format(source, { parser: 'typescript', singleQuote: true, printWidth: 120 });
}
