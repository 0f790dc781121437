// The screen's promises: key frames at once, data frames paced, one frame in flight, newest state next, nothing written
// when nothing changed, nothing after the end.
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../platform/clock.ts';
import type { Style } from '../canvas-contract.ts';
import { plain, style } from '../style.ts';
import { badPiece } from '../../../test/support/frame-check.ts';
import { headlessScreen } from '../../../test/support/headless-screen.ts';
import type { Grid } from './grid.ts';
import { cellScreen } from './screen.ts';
import type { Sink, WriteOutcome } from './sink.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A clock that stands still until it is moved. */
function handClock(): Clock & { advance(ms: number): void } {
  let now = 1_000_000;
  let timers: { at: number; fn: () => void }[] = [];
  return {
    now: () => now,
    after(ms, fn) {
      const timer = { at: now + ms, fn };
      timers.push(timer);
      return { [Symbol.dispose]: () => (timers = timers.filter((other) => other !== timer)) };
    },
    advance(ms) {
      now += ms;
      const due = timers.filter((timer) => timer.at <= now);
      timers = timers.filter((timer) => timer.at > now);
      for (const timer of due) timer.fn();
    },
  };
}

/** A sink that takes a piece only when told to. */
function handSink(): Sink & { written: string[]; last: string[]; finish(outcome?: WriteOutcome): void } {
  let done: ((outcome: WriteOutcome) => void) | null = null;
  const written: string[] = [];
  const last: string[] = [];
  return {
    written,
    last,
    write(bytes, then) {
      if (done !== null) throw new Error('two pieces in flight');
      written.push(bytes);
      done = then;
    },
    writeNow: (bytes) => void last.push(bytes),
    close() {},
    finish(outcome = 'written') {
      const then = done;
      done = null;
      then?.(outcome);
    },
  };
}

function setup(): ReturnType<typeof makeSetup> {
  return makeSetup();
}
function makeSetup() {
  const clock = handClock();
  const sink = handSink();
  const screen = cellScreen({ clock, sink, depth: 'true', size: { columns: 20, rows: 3 } });
  let state = '';
  let paints = 0;
  screen.source = (grid) => {
    paints++;
    grid.text(0, 0, state, plain, 0, 20);
  };
  return { clock, sink, screen, paints: () => paints, show: (text: string) => (state = text) };
}

describe('screen', () => {
  it('has one frame in flight and then paints the newest state, not the ones in between', async () => {
    const { sink, screen, show } = setup();
    show('one');
    screen.requestFrame('key');
    await turn();
    for (const text of ['two', 'three', 'four']) {
      show(text);
      screen.requestFrame('key');
      await turn();
    }

    expect(sink.written).toHaveLength(1);
    sink.finish();
    await turn();
    expect(sink.written).toHaveLength(2);
    expect(sink.written[1]).toContain('four');
  });

  it('paints data at most 15 times a second, and a key at once', async () => {
    const { clock, sink, screen, show } = setup();
    const frame = async (text: string, cause: 'data' | 'key'): Promise<void> => {
      show(text);
      screen.requestFrame(cause);
      await turn();
      sink.finish();
      await turn();
    };
    await frame('a', 'data');
    await frame('b', 'data');
    expect(sink.written).toHaveLength(1);
    await frame('c', 'key');
    expect(sink.written).toHaveLength(2);
    await frame('d', 'data');
    clock.advance(70);
    await turn();

    expect(sink.written).toHaveLength(3);
    expect(screen.counters.keyFrames).toBe(1);
  });

  it('counts the first change after a key as its answer, and only that one', async () => {
    const { sink, screen, show } = setup();
    show('a');
    screen.requestFrame('data');
    await turn();
    sink.finish();
    screen.hurry();
    for (const text of ['b', 'c']) {
      show(text);
      screen.requestFrame('data');
      await turn();
      sink.finish();
      await turn();
    }

    expect(sink.written).toHaveLength(2);
  });

  it('slows data down on a slow link', async () => {
    const { clock, sink, screen, show } = setup();
    show('a');
    screen.requestFrame('data');
    await turn();
    clock.advance(400);
    sink.finish();
    show('b');
    screen.requestFrame('data');
    await turn();

    expect(sink.written).toHaveLength(1);
    clock.advance(401);
    await turn();
    expect(sink.written).toHaveLength(2);
  });

  it('writes nothing when nothing changed or nobody asked', async () => {
    const { clock, sink, screen, show, paints } = setup();
    show('same');
    screen.requestFrame('key');
    await turn();
    sink.finish();
    screen.requestFrame('key');
    await turn();
    clock.advance(10_000);
    await turn();

    expect(sink.written).toHaveLength(1);
    expect(paints()).toBe(2);
    expect(screen.counters.emptyFrames).toBe(1);
  });

  it('paints nothing while it is held, and the newest state after', async () => {
    const { sink, screen, show } = setup();
    const held = screen.hold();
    show('hidden');
    screen.requestFrame('key');
    await turn();
    expect(sink.written).toEqual([]);
    show('seen');
    held[Symbol.dispose]();
    await turn();

    expect(sink.written[0]).toContain('seen');
  });

  it('tells when it is settled and since when the frame is shown', async () => {
    const { clock, sink, screen, show } = setup();
    show('a');
    screen.requestFrame('key');
    expect(screen.isSettled).toBe(false);
    await turn();
    expect(screen.isSettled).toBe(false);
    clock.advance(5);
    sink.finish();

    expect(screen.isSettled).toBe(true);
    expect(screen.shownAt).toBe(clock.now());
  });

  it('sends control bytes between frames, never inside one', async () => {
    const { sink, screen, show } = setup();
    show('a');
    screen.requestFrame('key');
    await turn();
    screen.sendControl('\x1b[c');
    expect(sink.written).toHaveLength(1);
    sink.finish();

    expect(sink.written[1]).toBe('\x1b[c');
  });

  it('says once that the terminal is gone and writes nothing more', async () => {
    const { sink, screen, show } = setup();
    let closed = 0;
    screen.onClosed(() => closed++);
    show('a');
    screen.requestFrame('key');
    await turn();
    sink.finish('gone');
    screen.requestFrame('key');
    screen.sendControl('\x1b[c');
    screen.close('\x1b[?1049l');
    await turn();

    expect(closed).toBe(1);
    expect(sink.written).toHaveLength(1);
    expect(sink.last).toEqual([]);
  });

  it('repaints in full on a resize and the last size wins', async () => {
    const screen = headlessScreen({ columns: 10, rows: 2 });
    screen.source = (grid) => void grid.text(0, 0, `${grid.columns}x${grid.rows}`, plain, 0, grid.columns);
    screen.requestFrame('key');
    await screen.settled();
    for (const columns of [30, 1, 500, 12]) screen.resize({ columns, rows: 3 });
    await screen.settled();

    expect(screen.lines()).toEqual(['12x3', '', '']);
    expect(screen.counters.fullRepaints).toBe(2);
    expect(screen.violations).toEqual([]);
  });

  it('scrolls a full-width log instead of sending it again', async () => {
    const screen = headlessScreen({ columns: 60, rows: 12 });
    const logLine = (n: number): string => `${String.fromCharCode(97 + n).repeat(10 + (n % 7))} ${n * 7919} upstream`;
    let from = 0;
    screen.source = (grid) => {
      grid.text(0, 0, 'title', plain, 0, 60);
      for (let y = 1; y < 12; y++) grid.text(0, y, logLine(from + y), plain, 0, 60);
    };
    screen.requestFrame('key');
    await screen.settled();
    from = 1;
    screen.requestFrame('key');
    await screen.settled();

    expect(screen.writes.at(-1)).toMatch(/^\x1b\[2;12r\x1b\[S\x1b\[r/);
    expect(screen.writes.at(-1)?.length).toBeLessThan(60);
    expect(screen.lines()[1]).toBe(logLine(2));
    expect(screen.lines()[11]).toBe(logLine(12));
  });
});

describe('a row whose ground changes', () => {
  const ground = style({ bg: { hex: '#1d3044', index256: 17, ansi: 'blue' } });
  const words = (text: string, y: number, under: Style) => (grid: Grid) => {
    if (under !== plain) grid.fill(0, y, 60, 1, under);
    for (let x = 0; x < 60; x += 20) grid.text(x, y, text, under, 0, 60);
  };

  async function bytesOfMove(erasesInGround: boolean): Promise<string> {
    const { clock, sink } = setup();
    const screen = cellScreen({ clock, sink, depth: 'true', erasesInGround, size: { columns: 60, rows: 3 } });
    for (const under of [plain, ground]) {
      screen.source = words('word', 1, under);
      screen.requestFrame('key');
      await turn();
      sink.finish();
    }
    return sink.written.at(-1) ?? '';
  }

  it('is blanked by the terminal instead of by spaces', async () => {
    expect(await bytesOfMove(true)).toBe('\x1b[2H\x1b[48;2;29;48;68m\x1b[Kword\x1b[16Cword\x1b[16Cword\x1b[m');
  });

  it('is sent space by space where erasing gives the default ground', async () => {
    expect(await bytesOfMove(false)).toBe(`\x1b[2H\x1b[48;2;29;48;68m${`word${' '.repeat(16)}`.repeat(3)}\x1b[m`);
  });
});

describe('frame check', () => {
  it.each([
    '\x1b]0;title\x07',
    '\x1b]52;c;cm0=\x07',
    '\x1b[6n',
    '\x1b[?1049l',
    '\x1bc',
    'a\x07b',
    'a\bb',
    '\u009b2J',
    'x\u202ey',
    'x\u2028y',
    '\ud800',
    '\x1b[8',
  ])('refuses %j in a frame', (bytes) => {
    expect(badPiece(bytes)).not.toBeNull();
  });

  it('passes what frames are made of', () => {
    expect(
      badPiece(
        '\x1b[?2026h\x1b[m\x1b[H\x1b[2J日本 ● é\x1b[3;4H\x1b[0;1;38;2;1;2;3mx\x1b[K\r\n\x1b[12C\x1b[4G\x1b[2;9r\x1b[2S\x1b[r\x1b[?2026l',
      ),
    ).toBeNull();
  });
});
