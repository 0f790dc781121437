import { expect, test } from 'vitest';
import { type TerminalFacts, terminalFindings, tmuxOptions } from './terminal.ts';

const good: TerminalFacts = {
  env: { TERM: 'xterm-256color', COLORTERM: 'truecolor', LANG: 'en_US.UTF-8' },
  stdoutIsTerminal: true,
  stdinIsTerminal: true,
  columns: 120,
  rows: 40,
  tmux: null,
};
const tmux = {
  'escape-time': '20',
  'default-terminal': 'tmux-256color',
  'set-clipboard': 'on',
  'allow-passthrough': 'on',
};
const wrong = (facts: Partial<TerminalFacts>) =>
  terminalFindings({ ...good, ...facts }).filter((f) => f.severity !== 'ok');

test('a good terminal has no complaint', () => {
  expect(wrong({})).toEqual([]);
  expect(wrong({ env: { ...good.env, TMUX: '/tmp/x,1,0' }, tmux })).toEqual([]);
});

test.each<[string, Partial<TerminalFacts>, RegExp, RegExp]>([
  ['a small window', { columns: 52, rows: 12 }, /52x12/, /larger/],
  ['a dumb terminal', { env: { ...good.env, TERM: 'dumb' } }, /dumb/, /export TERM/],
  ['no UTF-8', { env: { ...good.env, LANG: 'C' } }, /ASCII/, /LANG=C.UTF-8/],
  ['few colours', { env: { ...good.env, COLORTERM: undefined } }, /256 colours/, /truecolor/],
  ['no colours wanted', { env: { ...good.env, NO_COLOR: '1' } }, /NO_COLOR/, /unset/],
  ['a pipe', { stdoutIsTerminal: false }, /not a terminal/, /triage/],
  [
    'a slow Esc in tmux',
    { env: { ...good.env, TMUX: 'x' }, tmux: { ...tmux, 'escape-time': '500' } },
    /500 ms/,
    /escape-time 20/,
  ],
  [
    '8 colours in tmux',
    { env: { ...good.env, TMUX: 'x' }, tmux: { ...tmux, 'default-terminal': 'screen' } },
    /8 colours/,
    /tmux-256color/,
  ],
  [
    'no clipboard in tmux',
    { env: { ...good.env, TMUX: 'x' }, tmux: { ...tmux, 'set-clipboard': 'off' } },
    /drops/,
    /set-clipboard on/,
  ],
  [
    'no way through tmux',
    { env: { ...good.env, TMUX: 'x' }, tmux: { ...tmux, 'allow-passthrough': 'off' } },
    /allow-passthrough off/,
    /allow-passthrough on/,
  ],
])('%s is named with its remedy', (_, facts, what, remedy) => {
  const [finding] = wrong(facts);
  expect(finding?.what).toMatch(what);
  expect(finding?.remedy).toMatch(remedy);
});

test('tmux before 3.3 lets everything through, and has no option for it', () => {
  const { 'allow-passthrough': _, ...old } = tmux;

  expect(wrong({ env: { ...good.env, TMUX: 'x' }, tmux: old })).toEqual([]);
});

test('tmux is asked for nothing that is not judged', () => {
  const env = { ...good.env, TMUX: 'x' };
  const bad: Readonly<Record<string, string>> = {
    'escape-time': '500',
    'default-terminal': 'screen',
    'set-clipboard': 'off',
    'allow-passthrough': 'off',
  };

  for (const option of tmuxOptions)
    expect(wrong({ env, tmux: { ...tmux, [option]: bad[option] ?? 'off' } }), option).toHaveLength(1);
});
