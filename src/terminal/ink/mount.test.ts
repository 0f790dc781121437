// The painter on an emulated terminal: text, boxes, canvas leaves, broken panes, resize, and the fall-back without hook.
import { Box, Text } from 'ink';
import { createElement as h, useState } from 'react';
import { describe, expect, it } from 'vitest';
import type { Paint } from '../canvas-contract.ts';
import { headlessScreen } from '../../../test/support/headless-screen.ts';
import { plain, style } from '../style.ts';
import { CanvasLeaf } from './canvas-leaf.ts';
import { mount, useScreenSize } from './mount.ts';

const rows =
  (...texts: string[]): Paint =>
  (canvas) =>
    texts.forEach((text, y) => canvas.text(0, y, text, plain));

describe('mount', () => {
  it('shows boxes, text and a canvas leaf where the layout puts them', async () => {
    const screen = headlessScreen({ columns: 30, rows: 6 });
    const app = mount(
      h(
        Box,
        { flexDirection: 'column', flexGrow: 1 },
        h(Text, { bold: true, color: 'red' }, 'head'),
        h(Box, { borderStyle: 'single', flexGrow: 1 }, h(CanvasLeaf, { paint: rows('one', 'two', 'three'), rev: 1 })),
      ),
      { screen },
    );
    await screen.settled();

    expect(screen.lines()).toEqual([
      'head',
      `┌${'─'.repeat(28)}┐`,
      `│one${' '.repeat(25)}│`,
      `│two${' '.repeat(25)}│`,
      `│three${' '.repeat(23)}│`,
      `└${'─'.repeat(28)}┘`,
    ]);
    const cell = screen.terminal.buffer.active.getLine(0)?.getCell(0);
    expect(cell?.isBold()).toBeTruthy();
    expect(cell?.getFgColor()).toBe(1);
    expect(screen.violations).toEqual([]);
    expect(screen.counters.painterFallbacks).toBe(0);
    app.unmount();
    await app.waitUntilExit();
  });

  it('writes only the cells that changed, and nothing when nothing changed', async () => {
    const screen = headlessScreen({ columns: 80, rows: 24 });
    let setCount: (count: number) => void = () => {};
    const App = (): ReturnType<typeof h> => {
      const [count, set] = useState(0);
      setCount = set;
      return h(CanvasLeaf, { paint: rows(`count ${Math.min(count, 1)}`, 'unchanged'), rev: count });
    };
    const app = mount(h(App), { screen });
    await screen.settled();
    setCount(1);
    await screen.settled();
    const frames = screen.counters.frames;
    setCount(2);
    await screen.settled();

    expect(screen.writes.at(-1)).toBe('\x1b[1;7H1');
    expect(screen.counters.frames).toBe(frames);
    app.unmount();
  });

  it('shows a throw of a pane in that pane only, and tells of it', async () => {
    const screen = headlessScreen({ columns: 60, rows: 4 });
    const failures: unknown[] = [];
    const broken: Paint = () => {
      throw new Error('bad row');
    };
    const app = mount(
      h(Box, { flexDirection: 'column', flexGrow: 1 }, [
        h(CanvasLeaf, { key: 1, paint: broken, rev: 1, style: { height: 2 } }),
        h(CanvasLeaf, { key: 2, paint: rows('well'), rev: 1, style: { height: 2 } }),
      ]),
      { screen, onPaneFailure: (error) => failures.push(error) },
    );
    await screen.settled();

    expect(screen.lines()[0]).toBe('✕ This pane failed: bad row');
    expect(screen.lines()[2]).toBe('well');
    expect(screen.counters.failedPanes).toBe(1);
    expect(failures).toEqual([new Error('bad row')]);
    app.unmount();
  });

  it('paints a pane again only when its function or revision changed, also when something was drawn over it', async () => {
    const screen = headlessScreen({ columns: 40, rows: 3 });
    let paints = 0;
    const paint: Paint = (canvas) => {
      paints++;
      canvas.text(0, 0, 'under 日本', plain);
    };
    const tree = (rev: number, isCovered: boolean): ReturnType<typeof h> =>
      h(
        Box,
        { flexGrow: 1 },
        h(CanvasLeaf, { paint, rev }),
        isCovered ? h(Box, { position: 'absolute', marginLeft: 7 }, h(Text, null, 'sheet')) : null,
      );
    const app = mount(tree(1, false), { screen });
    await screen.settled();
    app.update(tree(1, true));
    await screen.settled();
    expect(screen.lines()[0]).toBe('under  sheet');
    app.update(tree(1, false));
    await screen.settled();
    expect(screen.lines()[0]).toBe('under 日本');
    expect(paints).toBe(1);
    app.update(tree(2, false));
    await screen.settled();

    expect(paints).toBe(2);
    app.unmount();
  });

  it('lays out anew when the size changes', async () => {
    const screen = headlessScreen({ columns: 40, rows: 3 });
    const Size = (): ReturnType<typeof h> => {
      const { columns, rows: lines } = useScreenSize();
      return h(Box, { justifyContent: 'flex-end', width: columns }, h(Text, null, `${columns}x${lines}`));
    };
    const app = mount(h(Size), { screen });
    await screen.settled();
    screen.resize({ columns: 20, rows: 5 });
    await screen.settled();

    expect(screen.lines()[0]).toBe(`${' '.repeat(16)}20x5`);
    app.unmount();
  });

  it('shows the same when the render hook of Ink is gone, and counts it', async () => {
    const tree = h(
      Box,
      { flexDirection: 'column', flexGrow: 1 },
      h(Text, { color: 'green' }, 'head 日本'),
      h(Box, { borderStyle: 'round', height: 4 }, h(CanvasLeaf, { paint: rows('one', 'two'), rev: 1 })),
    );
    const painted = headlessScreen({ columns: 40, rows: 6 });
    const fallen = headlessScreen({ columns: 40, rows: 6 });
    const first = mount(tree, { screen: painted });
    const second = mount(tree, { screen: fallen, ignoreRenderHook: true });
    await painted.settled();
    await expect.poll(() => fallen.text()).toBe(painted.text());

    expect(fallen.counters.painterFallbacks).toBe(1);
    expect(fallen.violations).toEqual([]);
    first.unmount();
    second.unmount();
  });

  it('rejects with the error of a component that throws', async () => {
    const screen = headlessScreen();
    const Broken = (): never => {
      throw new Error('render failed');
    };
    const app = mount(h(Broken), { screen });

    await expect(app.waitUntilExit()).rejects.toThrow('render failed');
  });

  it('keeps a selected row readable without colours', async () => {
    const screen = headlessScreen({ columns: 20, rows: 2, depth: 'none' });
    const colour = { hex: '#ff0000', index256: 196, ansi: 'red' } as const;
    const selected = style({ fg: colour, bold: true, reverse: true });
    const app = mount(h(CanvasLeaf, { paint: (canvas) => void canvas.text(0, 0, 'row', selected), rev: 1 }), {
      screen,
    });
    await screen.settled();

    expect(screen.writes.join('')).toContain('\x1b[1;7mrow');
    app.unmount();
  });
});
