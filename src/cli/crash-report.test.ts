import { expect, test } from 'vitest';
import { crashReport } from './crash-report.ts';

const report = (error: unknown): string => crashReport(error, { version: '1.2.3', columns: 80 });

test('says what happened, where, and what to do, on one screen of 80x24', () => {
  const lines = report(new TypeError('cannot read x of undefined')).trimEnd().split('\n');

  expect(lines[0]).toMatch(/Flagbridge has stopped.*not in a cluster/);
  expect(lines[1]).toBe('  TypeError: cannot read x of undefined');
  expect(lines.some((line) => line.startsWith('    at '))).toBe(true);
  expect(lines.at(-2)).toMatch(/^flagbridge 1\.2\.3, Node /);
  expect(lines.length).toBeLessThan(24);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
});

test('a secret is taken out, also where a line is cut inside it', () => {
  const secret = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJl';
  const text = report(new Error(`${'x'.repeat(50)} Authorization: Bearer ${secret}\npassword=hunter2hunter2`));

  expect(text).not.toContain('eyJ');
  expect(text).not.toContain('hunter2');
  expect(report(new Error('bad key -----BEGIN PRIVATE KEY-----\nMIGHAgEA\nMBMGByqG\n'))).not.toMatch(/MIGH|MBMG/);
});

test('control characters are shown, not obeyed, and long texts are cut', () => {
  const text = report(new Error(`\x1b[2J${'line\n'.repeat(50)}`));

  expect(text).not.toContain('\x1b');
  expect(text.split('\n').length).toBeLessThan(24);
});

test('what is no error is told as it is', () => {
  expect(report('out of luck')).toContain('  out of luck\n');
  expect(report(undefined)).toContain('  undefined\n');
});
