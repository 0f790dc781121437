// Any screen from 20x5 to 500x200, any keys: nothing throws, no pane fails, nothing is drawn outside, DEMO is in line 1.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drive } from '../support/screen-driver.ts';

const keys = [
  'j',
  'k',
  'G',
  'g',
  'tab',
  '`',
  'z',
  '0',
  '1',
  '2',
  '5',
  'enter',
  'esc',
  'l',
  'd',
  'y',
  'x',
  '?',
  'O',
  'space',
  'v',
  'pgdn',
  'right',
  'left',
  '!',
  'w',
  't',
  'F',
  'Z',
  '/',
];

test('sizes and keys', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 20, max: 500 }),
      fc.integer({ min: 5, max: 200 }),
      fc.array(fc.constantFrom(...keys), { maxLength: 10 }),
      fc.boolean(),
      async (columns, rows, pressed, ascii) => {
        const d = await drive({ columns, rows, ascii, options: { demo: true } });
        for (const key of pressed) await d.press(key);
        const lines = await d.lines();
        expect(lines[0]).toContain('DEMO');
        expect(lines.join('\n')).not.toContain('This pane failed');
        expect(d.screen.counters.failedPanes).toBe(0);
        expect(d.screen.violations).toEqual([]);
        if (columns < 60 || rows < 15) {
          const words = lines.slice(1).join(' ').replaceAll(/ +/g, ' ').trim();
          expect(words).toBe(`Flagbridge needs 60x15, this is ${columns}x${rows}.`);
        }
        await d.quit();
      },
    ),
    { numRuns: 40 },
  );
});

test('a screen too small says so in whole words, over as many lines as it takes', async () => {
  const d = await drive({ columns: 20, rows: 5, options: { demo: true } });
  expect((await d.lines()).slice(1).map((line) => line.trimEnd())).toEqual([
    'Flagbridge needs',
    '60x15, this is 20x5.',
    '',
    '',
  ]);
  await d.quit();
});

test('a resize is followed at once', async () => {
  const d = await drive({ columns: 120, rows: 40 });
  expect(await d.text()).toContain('2 Workloads');
  d.screen.resize({ columns: 52, rows: 12 });
  expect(await d.text()).toContain('Flagbridge needs 60x15, this is 52x12.');
  d.screen.resize({ columns: 80, rows: 24 });
  expect(await d.text()).toContain('━ 1 Triage 3 ━');
  await d.quit();
});
