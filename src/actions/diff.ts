// What a plan changes, as lines: the part of the object before and after, as YAML.
import { diffLines } from 'diff';
import { stringify } from 'yaml';
import type { DiffLine } from '../core/action.ts';
import { cell } from '../core/sanitise.ts';

/** Unchanged lines that are kept around a change. */
const context = 2;
const mostLines = 2_000;

/** `name` stands before a single value: `replicas: 4`. Lines are sanitised; unchanged ones far from a change are left out. */
export function diffOf(name: string, before: unknown, after: unknown): readonly DiffLine[] {
  const parts = diffLines(yamlOf(name, before), yamlOf(name, after));
  const lines = parts.flatMap(({ value, added, removed }) => {
    const sign: DiffLine['sign'] = added ? '+' : removed ? '-' : ' ';
    return value
      .replace(/\n$/, '')
      .split('\n')
      .map((text): DiffLine => ({ sign, text: cell(text) }));
  });
  return lines.filter((_, i) => isNearChange(lines, i)).slice(0, mostLines);
}

function isNearChange(lines: readonly DiffLine[], at: number): boolean {
  for (let i = Math.max(0, at - context); i <= at + context; i++)
    if (lines[i] !== undefined && lines[i]?.sign !== ' ') return true;
  return false;
}

const yamlOf = (name: string, value: unknown): string =>
  stringify({ [name]: value ?? null }, { lineWidth: 0, aliasDuplicateObjects: false, sortMapEntries: true });
