// `:scope shop`, `:scope c:run-* ns:shop`: a saved scope by its name, or a line of the scope grammar.
import { nearest } from '../core/near.ts';
import { cell } from '../core/sanitise.ts';
import { parseScope } from '../core/scope.ts';
import type { App } from './app.ts';
import { openInput, setScope } from './typing.ts';

/** Null: done; else what is wrong. Without words the scope is edited. */
export function runScopeLine(app: App, words: string): string | null {
  const { scopes } = app.ui.getState();
  if (words === '') {
    openInput(app, 'scope');
    return null;
  }
  const names = Object.keys(scopes);
  const saved = names.find((name) => name === words) ?? names.find((name) => same(name, words));
  const line = saved === undefined ? words : (scopes[saved] ?? '');
  // A single word is a name: as a filter it would hide everything when it is mistyped.
  if (saved === undefined && !/[:\s]/.test(words)) return unknownScope(words, names);
  const { bad } = parseScope(line);
  if (bad !== null) return `${cell(line.slice(bad.from, bad.to))}: ${bad.reason}`;
  setScope(app, line);
  return null;
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

function unknownScope(word: string, names: readonly string[]): string {
  if (names.length === 0) return 'No scope is saved: the config saves them under scopes:';
  const near = nearest(word, names);
  return `No scope is called ${cell(word)}; ${near === null ? `there are ${names.map((name) => cell(name)).join(', ')}` : `near: ${cell(near)}`}.`;
}
