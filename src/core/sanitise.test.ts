import fc from 'fast-check';
import { expect, test } from 'vitest';
import { block, cell, redact } from './sanitise.ts';

const esc = '\u001b';

test('what a terminal would obey is shown', () => {
  expect(cell(`${esc}]0;PWNED\u0007`)).toBe('^[]0;PWNED^G');
  expect(cell('\u009b2J')).toBe('<U+009B>2J');
  expect(cell('good\revil')).toBe('good^Mevil');
  expect(cell('abc\b\b\bxyz')).toBe('abc^H^H^Hxyz');
  expect(cell('a\u007fb')).toBe('a^?b');
});

test('what would make two names look the same is shown', () => {
  expect(cell('prod\u200b')).toBe('prod<U+200B>');
  expect(cell('\u202egpj.exe')).toBe('<U+202E>gpj.exe');
  expect(cell('a\u3164b')).toBe('a<U+3164>b');
  expect(cell('a\u{e0041}b')).toBe('a<U+E0041>b');
  expect(cell('x\ud800y')).toBe('x\ufffdy');
});

test('one row stays one row', () => {
  expect(cell('a\r\nb\nc\td')).toBe('a↵b↵c d');
  expect(cell('a\u2028b\u0085c')).toBe('a<U+2028>b<U+0085>c');
  expect(block('a\r\nb\tc')).toBe('a\nb  c');
});

test('honest text is unchanged: CJK, accents, joined emoji, flags', () => {
  for (const text of ['日本語', 'naïve', 'e\u0301', '👩‍👩‍👧', '🇩🇪', 'नमस्ते', 'a→b …']) expect(cell(text)).toBe(text);
});

test('a pile of combining marks is cut to four', () => {
  expect(cell(`a${'\u0301'.repeat(1000)}`)).toBe(`a${'\u0301'.repeat(4)}`);
});

test('a long text is cut with a mark', () => {
  expect(cell('x'.repeat(1_000_000))).toBe(`${'x'.repeat(4096)}…`);
});

test('no text gets a control or a format character to the screen, but for joined emoji', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (raw) => {
      expect(cell(raw)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]/u);
    }),
    { numRuns: 3000 },
  );
});

test('secrets are taken out of messages', () => {
  expect(redact('Authorization: Bearer abcdef123456')).not.toContain('abcdef123456');
  expect(redact('token=SECRET1 user=x')).toBe('token=••• user=x');
  expect(redact('https://user:pw@host/x')).toBe('https://•••@host/x');
  expect(redact('{"password":"hunter2"}')).not.toContain('hunter2');
  expect(redact('eyJhbGciOiJI.eyJzdWIiOiIx.sig')).toBe('•••');
});
