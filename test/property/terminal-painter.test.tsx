// The painter and Ink's own renderer agree, cell by cell, on random trees. When Ink is updated and this fails, the painter
// has to learn what changed.
import { Box, type BoxProps, render, Text, type TextProps } from 'ink';
import type { ReactNode } from 'react';
import { describe, expect, it } from 'vitest';
import { InkStdin, InkStdout } from '../../src/terminal/ink/ink-streams.ts';
import { mount } from '../../src/terminal/ink/mount.ts';
import { styledLine } from '../../src/terminal/ink/styled-text.ts';
import { Grid, TAIL } from '../../src/terminal/screen/grid.ts';
import { clipOf } from '../../src/terminal/screen/grid-canvas.ts';
import { headlessScreen } from '../support/headless-screen.ts';
import { blankStyle, plain, styleOf } from '../../src/terminal/style.ts';

const COLUMNS = 80;
const ROWS = 30;
const TREES = 240;

let state = 20;
const pick = (below: number): number => {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
};
const oneOf = <T,>(choices: readonly T[]): T => choices[pick(choices.length)] as T;

const words = [
  'pod',
  'running',
  '日本',
  'checkout-api',
  'CrashLoopBackOff',
  '│',
  '⣿',
  'naïve',
  'kube-system',
  '42Mi',
  'e\u0301',
];
const sentence = (): string =>
  Array.from({ length: 1 + pick(8) }, () => oneOf(words)).join(pick(12) === 0 ? '\n' : ' ');

// exactOptionalPropertyTypes: a property that is not there is left out.
const given = <T extends object>(props: { [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined)) as T;

function randomText(key: number): ReactNode {
  const props = given<TextProps>({
    color: oneOf([undefined, 'red', '#336699', 'ansi256(100)', 'rgb(1,2,3)']),
    backgroundColor: oneOf([undefined, undefined, undefined, 'blue']),
    bold: pick(3) === 0,
    dimColor: pick(5) === 0,
    italic: pick(6) === 0,
    strikethrough: pick(8) === 0,
    inverse: pick(6) === 0,
    wrap: oneOf(['wrap', 'hard', 'truncate', 'truncate-middle', 'truncate-start']),
  });
  return (
    <Text key={key} {...props}>
      {sentence()}
      {pick(2) === 0 ? null : <Text underline> {sentence()}</Text>}
    </Text>
  );
}

function randomNode(depth: number, key: number): ReactNode {
  if (depth === 0 || pick(3) === 0) return randomText(key);
  const border = oneOf([undefined, 'round', 'single', 'double', 'bold'] as const);
  const props = given<BoxProps>({
    flexDirection: oneOf(['row', 'column', 'column-reverse'] as const),
    borderStyle: border,
    borderColor: oneOf([undefined, 'cyan', '#ff8800']),
    borderDimColor: pick(4) === 0,
    borderTop: pick(6) === 0 ? false : undefined,
    borderRight: pick(6) === 0 ? false : undefined,
    borderBottomColor: oneOf([undefined, undefined, 'magenta']),
    backgroundColor: oneOf([undefined, undefined, undefined, 'green', '#202020']),
    paddingX: pick(3),
    paddingY: pick(4) === 0 ? 1 : 0,
    marginLeft: pick(2),
    width: oneOf([undefined, 20, 45]),
    height: oneOf([undefined, undefined, 5]),
    overflow: oneOf([undefined, 'hidden'] as const),
    gap: pick(2),
    flexGrow: pick(2),
    flexShrink: 0,
    display: pick(20) === 0 ? 'none' : undefined,
    contentOffsetX: pick(10) === 0 ? pick(4) : undefined,
    contentOffsetY: pick(10) === 0 ? pick(2) : undefined,
  });
  return (
    <Box key={key} {...props}>
      {Array.from({ length: 1 + pick(4) }, (_, child) => randomNode(depth - 1, child))}
    </Box>
  );
}

const randomTree = (): ReactNode => (
  <Box width={COLUMNS} height={ROWS} flexShrink={0} overflow="hidden" flexDirection="column">
    {Array.from({ length: 4 }, (_, key) => randomNode(3, key))}
  </Box>
);

/** What Ink itself renders, read into a grid. */
function byInk(tree: ReactNode): Grid {
  let frame = '';
  const stdout = new InkStdout(
    () => ({ columns: COLUMNS, rows: ROWS }),
    (text) => {
      if (text.length > 1 && !text.startsWith('\x1b[?')) frame = text;
    },
  );
  const instance = render(tree, {
    stdout,
    stderr: stdout,
    stdin: new InkStdin(),
    debug: true,
    patchConsole: false,
    interactive: true,
  });
  instance.unmount();
  const grid = new Grid(COLUMNS, ROWS);
  frame.split('\n').forEach((line, y) => styledLine(grid, 0, y, line, clipOf(grid), plain));
  return grid;
}

function difference(ink: Grid, ours: Grid): string | null {
  for (let i = 0; i < ink.chars.length; i++) {
    const where = `row ${Math.floor(i / COLUMNS)} column ${i % COLUMNS}`;
    if (ink.charAt(i) !== ours.charAt(i))
      return `${where}: Ink ${JSON.stringify(ink.charAt(i))}, ours ${JSON.stringify(ours.charAt(i))}`;
    const look = (grid: Grid) =>
      styleOf(grid.charAt(i) === ' ' ? blankStyle(grid.styles[i] ?? 0) : (grid.styles[i] ?? 0));
    const [a, b] = [look(ink), look(ours)];
    if (ink.chars[i] !== TAIL && JSON.stringify(a) !== JSON.stringify(b)) {
      return `${where} (${ink.charAt(i)}): Ink ${JSON.stringify(a)}, ours ${JSON.stringify(b)}`;
    }
  }
  return null;
}

describe('painter', () => {
  it(`agrees with Ink on ${TREES} random trees`, { timeout: 180_000 }, async () => {
    const screen = headlessScreen({ columns: COLUMNS, rows: ROWS });
    const app = mount(null, { screen });
    await screen.settled();
    let drawn = 0;
    const wrong: string[] = [];
    for (let n = 0; n < TREES; n++) {
      const tree = randomTree();
      const ink = byInk(tree);
      app.update(tree);
      screen.requestFrame('key');
      await screen.settled();
      drawn += ink.chars.reduce((count, char) => count + (char === 32 ? 0 : 1), 0);
      const found = difference(ink, screen.grid);
      if (found !== null) wrong.push(`tree ${n}: ${found}`);
    }
    app.unmount();

    expect(wrong.slice(0, 8)).toEqual([]);
    expect(drawn / TREES).toBeGreaterThan(200);
    expect(screen.violations).toEqual([]);
    expect(screen.counters.painterFallbacks).toBe(0);
  });
});
