import { expect, test } from 'vitest';
import { cutHead } from '../../src/core/width.ts';
import type { TonedText } from '../../src/core/row.ts';
import { lineText } from './pen.ts';
import { tonedLine, tonedText } from './toned.ts';

const now = Date.UTC(2026, 10, 21, 12, 41);
const ago = (minutes: number): number => now - minutes * 60_000;
const stuck: TonedText = { text: 'stuck', tone: 'fail', since: ago(3), progress: { n: 3, of: 3 } };
const rolling: TonedText = { text: '', tone: 'busy', since: ago(4), progress: { n: 2, of: 3 } };

test.each([
  [stuck, 18, '━━━━ stuck 3m'],
  [stuck, 12, 'stuck 3m'],
  [stuck, 7, 'stuck'],
  [stuck, 4, 'stu…'],
  [rolling, 18, '━━━─ 2/3 4m'],
  [{ text: 'done', tone: 'muted', at: ago(8) } as const, 18, 'done 12:33'],
  [{ text: 'done', tone: 'muted' } as const, 18, 'done'],
  [{ text: 'CrashLoop', tone: 'fail', until: now + 80_000 } as const, 18, 'CrashLoop in 2m'],
  [{ text: 'CrashLoop', tone: 'fail', until: now - 1 } as const, 18, 'CrashLoop'],
])('%j in %d cells reads %s', (cell, width, words) =>
  expect(lineText(tonedLine(cell, 'text', width, now))).toBe(words),
);

test('words are cut where their column says', () => {
  const image = { text: 'registry.example/shop/cart:2.4.0', tone: 'muted' } as const;
  expect(lineText(tonedLine(image, 'text', 12, now, cutHead))).toBe('…/cart:2.4.0');
});

test('as plain text it has no bar', () => expect(tonedText(rolling, now)).toBe('2/3 4m'));
