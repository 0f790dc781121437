// The parts by themselves: what is dropped first, what is never dropped, and that nothing is drawn outside.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cluster } from '../../test/support/fake-engine.ts';
import { paintedText } from '../../src/terminal/ink/canvas-leaf.ts';
import type { Paint } from '../../src/terminal/canvas-contract.ts';
import { style } from '../../src/terminal/style.ts';
import { createTheme } from '../theme/theme.ts';
import { drawFooter } from './footer.ts';
import { drawHeader } from './header.ts';
import { bold, drawLine, seg } from './pen.ts';
import { drawStrip } from './strip.ts';
import { drawTitleRule, type TitleRule } from './title-rule.ts';

const theme = createTheme({ name: 'dark', paintsGround: false, depth: 'true', ascii: false, intern: style });
const drawn = (width: number, paint: Paint): string =>
  paintedText(paint, width, 1)
    .replaceAll(/\u001b\[[0-9;]*m/g, '')
    .trimEnd();

const rule: TitleRule = {
  key: '1',
  title: [bold('Triage')],
  facts: [[seg('6 problems')], [seg('4 clusters')]],
  notes: [],
  right: [[seg('coverage 5/7 clusters')], [seg('2 kinds denied')]],
};
const title = (width: number, given = rule): string =>
  drawn(width, (canvas) => drawTitleRule(canvas, theme, 0, width, given, true));

test('a title rule drops facts first, then its right part, and never the title', () => {
  expect(title(85)).toBe(
    `━ 1 Triage  6 problems · 4 clusters ${'━'.repeat(8)} coverage 5/7 clusters · 2 kinds denied ━`,
  );
  expect(title(60)).toMatch(/^━ 1 Triage ━+ coverage 5\/7 clusters · 2 kinds denied ━$/);
  expect(title(38)).toMatch(/^━ 1 Triage ━+ coverage 5\/7 clusters ━$/);
  expect(title(14)).toMatch(/^━ 1 Triage ━+$/);
});

test('a filter stands behind the title and stays with it', () => {
  expect(title(40, { ...rule, notes: [[seg('/ cart')]] })).toMatch(/^━ 1 Triage {2}\/ cart /);
});

test('a rule is joined to the separators it meets', () => {
  const joints = [
    { x: 3, up: true, down: false },
    { x: 12, up: false, down: true },
    { x: 14, up: true, down: true },
  ];
  const empty: TitleRule = { key: '', title: [seg('T')], facts: [], notes: [], right: [] };
  const line = drawn(16, (canvas) => drawTitleRule(canvas, theme, 0, 16, empty, false, joints));
  expect(line).toBe('─ T ────────┬─┼─');
});

const header = (width: number): string =>
  drawn(width, (canvas) =>
    drawHeader(canvas, theme, {
      isDemo: true,
      decks: ['home', 'workload'],
      deck: 'home',
      scope: [[seg('all clusters')], [seg('all namespaces')], [seg('cart')]],
      clock: '12:41Z',
      note: { line: [], stays: false },
    }),
  );

test('the header never drops DEMO and the clock', () => {
  expect(header(120)).toMatch(
    /^ FLAGBRIDGE {3}DEMO {4}home {2}workload {5}scope all clusters · all namespaces · cart +12:41Z$/,
  );
  expect(header(90)).toMatch(/workload {5}all clusters · all namespaces · cart +12:41Z$/);
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 500 }), (width) => {
      expect(header(width)).toContain('DEMO');
      expect(header(width)).toContain('12:41Z');
    }),
  );
});

test('the strip folds well clusters on narrow screens and counts what does not fit', () => {
  const clusters = [
    ...Array.from({ length: 9 }, (_, i) => cluster(`well-${i}`)),
    cluster('bad', { problems: { fail: 2, warn: 1 } }),
  ];
  const model = { clusters, live: 10, wanted: 10, parked: 3, now: 0, isEngineAlive: true };
  expect(drawn(80, (canvas) => drawStrip(canvas, theme, model))).toMatch(/^ ● 9 {2}✕ bad 3 {2}○ 3 parked/);
  expect(drawn(16, (canvas) => drawStrip(canvas, theme, model))).toMatch(/^ ● 9 {2}✕ \+2/);
  expect(drawn(120, (canvas) => drawStrip(canvas, theme, model))).toContain('10/10 live');
});

test('the footer keeps the target; hints and then the fixed keys give way', () => {
  const model = {
    target: [seg('■run-eu shop/cart')],
    hints: [{ key: 'Enter', label: 'pods' }],
    always: [
      { key: 'x', label: 'actions' },
      { key: '?', label: 'keys' },
    ],
    message: null,
    input: null,
  };
  const at = (width: number): string => drawn(width, (canvas) => drawFooter(canvas, theme, model));
  expect(at(60)).toMatch(/^ ■run-eu shop\/cart {3}Enter pods +x actions {3}\? keys$/);
  expect(at(34)).toMatch(/^ ■run-eu shop\/cart +\? keys$/);
});

test('a line is cut with a mark, wide characters are never halved', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', '日', '…', 'é', '👩‍💻', ' '), { maxLength: 30 }),
      fc.integer({ min: 1, max: 20 }),
      (parts, width) => {
        let used = 0;
        drawn(40, (canvas) => {
          used = drawLine(
            canvas,
            theme,
            0,
            0,
            [seg(parts.slice(0, 5).join('')), seg(parts.slice(5).join(''))],
            'none',
            width,
          );
        });
        expect(used).toBeLessThanOrEqual(width);
      },
    ),
  );
});
