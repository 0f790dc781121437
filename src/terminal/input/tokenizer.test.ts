// Bytes to events: key names of the common terminals, replies and pastes that never become keys, and the property that it
// does not matter how bytes are cut into reads.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InputEvent } from './events.ts';
import { inputTokenizer } from './tokenizer.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const events = (text: string): InputEvent[] => inputTokenizer().push(bytes(text), 0);

/** What an event says, without where it came from. */
const essence = (event: InputEvent): unknown => {
  const { chunk: _chunk, at: _at, ...rest } = event;
  if (rest.type !== 'key') return rest;
  const { isFirst: _isFirst, ...key } = rest;
  return key;
};

const keys = (text: string): string[] =>
  events(text).map((event) => (event.type === 'key' ? event.key : `<${event.type}>`));

describe('keys', () => {
  it.each([
    ['j', 'j'],
    ['G', 'G'],
    ['é', 'é'],
    ['日', '日'],
    ['😀', '😀'],
    [' ', 'space'],
    ['\r', 'enter'],
    ['\n', 'ctrl-j'],
    ['\t', 'tab'],
    ['\x7f', 'backspace'],
    ['\b', 'backspace'],
    ['\x03', 'ctrl-c'],
    ['\x1a', 'ctrl-z'],
    ['\0', 'ctrl-space'],
    ['\x1c', 'ctrl-\\'],
    ['\x1b[A', 'up'],
    ['\x1bOA', 'up'],
    ['\x1b[1;5C', 'ctrl-right'],
    ['\x1b[1;4D', 'alt-shift-left'],
    ['\x1b[Z', 'shift-tab'],
    ['\x1b[5~', 'pgup'],
    ['\x1b[6;5~', 'ctrl-pgdn'],
    ['\x1b[3~', 'delete'],
    ['\x1b[2~', 'insert'],
    ['\x1b[H', 'home'],
    ['\x1b[1~', 'home'],
    ['\x1b[7~', 'home'],
    ['\x1b[F', 'end'],
    ['\x1bOP', 'f1'],
    ['\x1b[11~', 'f1'],
    ['\x1b[[A', 'f1'],
    ['\x1bOR', 'f3'],
    ['\x1b[13~', 'f3'],
    ['\x1b[15~', 'f5'],
    ['\x1b[24~', 'f12'],
    ['\x1b[24;2~', 'shift-f12'],
    ['\x1bx', 'alt-x'],
    ['\x1b\x7f', 'alt-backspace'],
    ['\x1b\x01', 'ctrl-alt-a'],
    ['\x1bOM', 'enter'],
    ['\x1bOj', '*'],
    ['\x1b[a', 'shift-up'],
    ['\x1b[5^', 'ctrl-pgup'],
    ['\x1b[5$', 'shift-pgup'],
    // Kitty's protocol and modifyOtherKeys.
    ['\x1b[27u', 'esc'],
    ['\x1b[13u', 'enter'],
    ['\x1b[13;2u', 'shift-enter'],
    ['\x1b[9;2u', 'shift-tab'],
    ['\x1b[97;5u', 'ctrl-a'],
    ['\x1b[97;6u', 'ctrl-shift-a'],
    ['\x1b[97;3u', 'alt-a'],
    ['\x1b[97;2u', 'A'],
    ['\x1b[49:33;2u', '!'],
    ['\x1b[97;65u', 'a'],
    ['\x1b[57414u', 'enter'],
    ['\x1b[57400u', '1'],
    ['\x1b[1;1:1A', 'up'],
    ['\x1b[27;5;97~', 'ctrl-a'],
    ['\x1b[27;2;13~', 'shift-enter'],
  ])('%j is %s', (text, key) => {
    expect(keys(text)).toEqual([key]);
  });

  it('a release of a key is nothing', () => {
    expect(events('\x1b[97;1:3u\x1b[1;1:3A')).toEqual([]);
  });

  it('splits several keys of one read and marks what was typed ahead', () => {
    const read = events('ddy\r');

    expect(read.map((event) => event.type === 'key' && event.key)).toEqual(['d', 'd', 'y', 'enter']);
    expect(read.map((event) => event.type === 'key' && event.isFirst)).toEqual([true, false, false, false]);
  });

  it('Esc alone waits and becomes a key when nothing follows', () => {
    const tokenizer = inputTokenizer();

    expect(tokenizer.push(bytes('\x1b'), 0)).toEqual([]);
    expect(tokenizer.pending).toBe('escape');
    expect(tokenizer.flush(50).map(essence)).toEqual([{ type: 'key', key: 'esc', text: null }]);
    expect(tokenizer.pending).toBe('none');
  });

  it.each(['[', 'O', ']', 'P', '_'])('ESC %s and silence is an Alt key', (char) => {
    const tokenizer = inputTokenizer();
    tokenizer.push(bytes(`\x1b${char}`), 0);

    expect(tokenizer.pending).toBe('escape');
    expect(tokenizer.flush(50).map(essence)).toEqual([{ type: 'key', key: `alt-${char}`, text: null }]);
  });

  it.each(['\x1b[5', '\x1b[12;4', '\x1b]11;rgb:', '\x1bP1$r'])('a half sequence %j is dropped, not typed', (text) => {
    const tokenizer = inputTokenizer();
    tokenizer.push(bytes(text), 0);

    expect(tokenizer.flush(1000)).toEqual([]);
  });
});

describe('replies', () => {
  it.each([
    ['\x1b[5;10R', { kind: 'cursor', row: 4, column: 9 }],
    ['\x1b[?2026;2$y', { kind: 'mode', mode: 2026, value: 2 }],
    ['\x1b[?62;22c', { kind: 'attributes', parameters: '?62;22' }],
    ['\x1b[0n', { kind: 'status-ok' }],
    ['\x1b[?1u', { kind: 'kitty-flags', flags: 1 }],
    ['\x1b]11;rgb:0000/0000/0000\x1b\\', { kind: 'osc', code: 11, text: 'rgb:0000/0000/0000' }],
    ['\x1b]ldelete y\x07', { kind: 'other', form: 'OSC' }],
    ['\x1bP>|xterm(380)\x1b\\', { kind: 'other', form: 'string' }],
    ['\x1b[8;24;80t', { kind: 'other', form: 'CSI 8;24;80t' }],
    ['\u009b5;10R', { kind: 'cursor', row: 4, column: 9 }],
  ])('%j is a reply, never keys', (text, reply) => {
    expect(events(text).map(essence)).toEqual([{ type: 'reply', reply }]);
  });

  it('a string that begins again with ESC gives up the first', () => {
    expect(keys('\x1b]11;x\x1b[A')).toEqual(['up']);
  });

  it('mouse and focus are events of their own', () => {
    expect(events('\x1b[<0;10;5M\x1b[<0;10;5m\x1b[<64;1;1M\x1b[<35;2;3M\x1b[I\x1b[O\x1b[M !!').map(essence)).toEqual([
      { type: 'mouse', action: 'press', button: 'left', column: 9, row: 4 },
      { type: 'mouse', action: 'release', button: 'left', column: 9, row: 4 },
      { type: 'mouse', action: 'wheel-up', button: 'none', column: 0, row: 0 },
      { type: 'mouse', action: 'move', button: 'none', column: 1, row: 2 },
      { type: 'focus', isFocused: true },
      { type: 'focus', isFocused: false },
    ]);
  });
});

describe('pastes', () => {
  it('is one event, with its escapes as text', () => {
    expect(events('a\x1b[200~dd\r\ny\x1b[A\x03\x1b[201~b').map(essence)).toEqual([
      { type: 'key', key: 'a', text: 'a' },
      { type: 'paste', text: 'dd\ny\x1b[A\x03', isCut: false },
      { type: 'key', key: 'b', text: 'b' },
    ]);
  });

  it('without an end is cut, and gives the keyboard back', () => {
    const tokenizer = inputTokenizer();
    tokenizer.push(bytes('\x1b[200~half'), 0);

    expect(tokenizer.pending).toBe('paste');
    expect(tokenizer.flush(5000).map(essence)).toEqual([{ type: 'paste', text: 'half', isCut: true }]);
  });

  it('of more than a megabyte is cut but ends where it ends', () => {
    const read = events(`\x1b[200~${'~'.repeat(1024 * 1024 + 500)}\x1b[201~z`);

    expect(read.map((event) => event.type)).toEqual(['paste', 'key']);
    expect(read[0]?.type === 'paste' && read[0].isCut && read[0].text.length).toBe(1024 * 1024);
  });
});

const pieces = fc.constantFrom(
  'j',
  'G',
  'é',
  '日本',
  '😀',
  ' ',
  '\r',
  '\x7f',
  '\x03',
  '\x1b[A',
  '\x1bOP',
  '\x1b[1;5C',
  '\x1b[24~',
  '\x1b[97;5u',
  '\x1bx',
  '\x1b\x1b[B',
  '\x1b[[C',
  '\x1b[<0;10;5M',
  '\x1b[M !!',
  '\x1b[I',
  '\x1b[5;10R',
  '\x1b[?2026;2$y',
  '\x1b[?62;c',
  '\x1b]11;rgb:1/2/3\x07',
  '\x1b]52;c;aGk=\x1b\\',
  '\x1bP>|term\x1b\\',
  '\x1b[200~paste\x1b[A 日\x1b[201~',
  '\x1b[200~\x1b[201\x1b[201~',
  '\x1b[5^',
  '\x1b[12\x18',
  '\u009bA',
);

describe('any split gives the same events', () => {
  it('for what terminals send', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), fc.array(fc.nat(400), { maxLength: 30 }), (sent, cuts) => {
        const all = bytes(sent.join(''));
        const whole = inputTokenizer();
        const expected = [...whole.push(all, 0), ...whole.flush(1)].map(essence);
        const parts = inputTokenizer();
        const found: InputEvent[] = [];
        let from = 0;
        for (const cut of [...cuts.map((n) => n % (all.length + 1)).sort((a, b) => a - b), all.length]) {
          found.push(...parts.push(all.subarray(from, cut), 0));
          from = cut;
        }
        found.push(...parts.flush(1));
        expect(found.map(essence)).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('for any bytes at all, one by one', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => {
        const whole = inputTokenizer();
        const expected = [...whole.push(noise, 0), ...whole.flush(1)].map(essence);
        const single = inputTokenizer();
        const found = [...noise].flatMap((byte) => single.push(Uint8Array.of(byte), 0));
        expect([...found, ...single.flush(1)].map(essence)).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('and no sequence leaks characters: between two keys only what was typed is typed', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 10 }), (sent) => {
        const typed = events(sent.join('')).filter((event) => event.type === 'key' && event.text !== null).length;
        const expected = sent.filter((piece) => /^[^\x00-\x1f\x7f-\x9f]+$/u.test(piece)).join('');
        expect(typed).toBe([...expected].length);
      }),
      { numRuns: 1000 },
    );
  });
});
