// The real terminal through a pty: every way out leaves it as it was, stops and hand-overs lose nothing, a stalled reader
// stalls nobody else.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { afterEach, describe, expect, it } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;
const app = join(root, 'test/e2e/fixtures/terminal-app.ts');
const launcher = join(root, 'bin/node.js');

type Session = {
  readonly process: pty.IPty;
  raw(): string;
  screen(): string;
  readonly terminal: InstanceType<typeof xterm.Terminal>;
  readonly exited: Promise<{ exitCode: number; signal?: number | undefined }>;
};

const open: Session[] = [];
const folder = mkdtempSync(join(tmpdir(), 'fb-terminal-'));
afterEach(() => {
  for (const session of open.splice(0)) {
    try {
      // The whole group: a launcher and its child.
      process.kill(-session.process.pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
  }
});
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const environment = (extra: Record<string, string> = {}): Record<string, string> => ({
  ...(process.env as Record<string, string>),
  NODE_ENV: 'production',
  TERM: 'xterm-256color',
  LANG: 'C.UTF-8',
  NODE_NO_WARNINGS: '1',
  ...extra,
});

function start(command: string, args: readonly string[], extra: Record<string, string> = {}): Session {
  const terminal = new xterm.Terminal({ cols: 100, rows: 30, allowProposedApi: true });
  const child = pty.spawn(command, [...args], { cols: 100, rows: 30, cwd: root, env: environment(extra) });
  let raw = '';
  child.onData((data) => {
    raw += data;
    terminal.write(data);
  });
  terminal.onData((reply) => child.write(reply));
  const exited = new Promise<{ exitCode: number; signal?: number | undefined }>((resolve) => child.onExit(resolve));
  const screen = (): string => {
    const buffer = terminal.buffer.active;
    const lines = Array.from(
      { length: 30 },
      (_, y) => buffer.getLine(buffer.viewportY + y)?.translateToString(true) ?? '',
    );
    return lines.join('\n').trimEnd();
  };
  const session = { process: child, raw: () => raw, screen, terminal, exited };
  open.push(session);
  return session;
}

const until = (check: () => boolean, what: () => string): Promise<void> =>
  expect.poll(check, { timeout: 15_000, interval: 10, message: what() }).toBe(true);

const shows = (session: Session, text: string): Promise<void> =>
  until(
    () => session.screen().includes(text),
    () => `the screen shows ${text}`,
  );

async function isRestored(session: Session): Promise<void> {
  const raw = session.raw();
  await until(
    () => session.terminal.buffer.active.type === 'normal',
    () => 'the normal screen is back',
  );
  expect(session.terminal.modes.bracketedPasteMode).toBe(false);
  expect(raw.lastIndexOf('\x1b[?25h')).toBeGreaterThan(raw.lastIndexOf('\x1b[?25l'));
  expect(raw.lastIndexOf('\x1b[?7h')).toBeGreaterThan(raw.lastIndexOf('\x1b[?7l'));
}

describe('ways out', () => {
  it('q gives the terminal back in cooked mode', async () => {
    const session = start('bash', ['--norc', '-c', `node ${launcher} ${app}; echo "rc=$?"; stty -a`]);
    await shows(session, 'ready');
    session.process.write('q');
    await session.exited;

    await isRestored(session);
    expect(session.raw()).toMatch(/rc=0/);
    expect(session.raw()).toMatch(/ icanon/);
    expect(session.raw()).toMatch(/ echo /);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ] as const)('%s restores and ends with %i', async (signal, code) => {
    const session = start('node', [launcher, app]);
    await shows(session, 'probed');
    // To the group, as a terminal or a closing session does it.
    process.kill(-session.process.pid, signal);
    const end = await session.exited;

    await isRestored(session);
    expect(end.exitCode).toBe(code);
  });

  it.each([
    ['e', 'crash on purpose'],
    ['r', 'rejected on purpose'],
  ])('a crash (%s) is reported on the restored screen', async (key, message) => {
    const session = start('node', [launcher, app]);
    await shows(session, 'ready');
    session.process.write(key);
    const end = await session.exited;

    await isRestored(session);
    expect(end.exitCode).not.toBe(0);
    const raw = session.raw();
    expect(raw.indexOf(message)).toBeGreaterThan(raw.lastIndexOf('\x1b[?1049l'));
  });

  it('ends when the terminal is closed, and writes nothing after', async () => {
    const log = join(folder, 'closed.log');
    const session = start('node', [launcher, app, 'count', log]);
    await shows(session, 'ready');
    process.kill(session.process.pid, 0);
    // Closing the master hangs the terminal up.
    (session.process as unknown as { destroy(): void }).destroy();
    await until(
      () => read(log).includes('end '),
      () => 'the program ended',
    );

    expect(read(log)).toMatch(/end (?:signal|hang-up) 129\n$/);
  });
});

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

describe('stop and continue', () => {
  it('Ctrl-Z stops the launcher too, fg brings the screen back', async () => {
    const session = start('bash', ['--norc', '--noprofile', '-i'], { PS1: 'prompt> ' });
    await shows(session, 'prompt>');
    session.process.write(`node ${launcher} ${app}\r`);
    await shows(session, 'probed');
    session.process.write('\x1a');
    await until(
      () => session.terminal.buffer.active.type === 'normal' && session.screen().includes('Stopped'),
      () => 'stopped',
    );
    session.process.write('echo cooked=$((1+1))\r');
    await shows(session, 'cooked=2');
    session.process.write('fg\r');
    await shows(session, 'resumed');
    session.process.write('j');
    await shows(session, 'key:j');
    session.process.write('q');
    await until(
      () => session.terminal.buffer.active.type === 'normal',
      () => 'the normal screen is back',
    );

    expect(session.screen()).toContain('cooked=2');
  });

  it('a stop from outside and SIGCONT repaint in full', async () => {
    const session = start('node', [launcher, app]);
    await shows(session, 'probed');
    process.kill(-session.process.pid, 'SIGSTOP');
    session.terminal.write('\x1b[2J\x1b[Hscribble');
    await shows(session, 'scribble');
    process.kill(-session.process.pid, 'SIGCONT');
    await until(
      () => !session.screen().includes('scribble') && session.screen().includes('ready'),
      () => 'repainted',
    );
    session.process.write('k');

    await shows(session, 'key:k');
  });
});

describe('hand-over', () => {
  it('the child gets every key and we get the next one, 20 times', async () => {
    const session = start('node', [launcher, app]);
    await shows(session, 'probed');
    for (let run = 0; run < 20; run++) {
      const before = session.raw().length;
      session.process.write('x');
      const rest = (): string => session.raw().slice(before);
      await until(
        () => rest().includes('CHILD'),
        () => `run ${run}: the child runs`,
      );
      session.process.write(`hello ${run}\r`);
      await until(
        () => rest().includes(`got=[hello ${run}]`),
        () => `run ${run}: the child got its line`,
      );
      await shows(session, `back ${run + 1}.`);
      expect(rest()).toMatch(/\x1b\[\?1049licanon/);
      const key = String.fromCharCode('A'.charCodeAt(0) + run);
      session.process.write(key);
      await shows(session, `key:${key}`);
    }
  }, 60_000);

  it('Ctrl-C belongs to the child', async () => {
    const session = start('node', [launcher, app]);
    await shows(session, 'probed');
    session.process.write('x');
    await until(
      () => session.raw().includes('CHILD'),
      () => 'the child runs',
    );
    session.process.write('\x03');

    await shows(session, 'back 1.');
  });
});

describe('load', () => {
  it('a reader that stalls does not stall timers, and frames go on when it does', async () => {
    const log = join(folder, 'ticks.log');
    const session = start('node', [launcher, app, 'busy', log]);
    await until(
      () => /tick 5 /.test(read(log)),
      () => 'ticking',
    );
    session.process.pause();
    const ticks = (): string[] => read(log).trimEnd().split('\n');
    const frameOf = (line = ''): string => line.split(' frame ')[1] ?? '';
    // The pty is full when frames stop; from there on only the ticks go on.
    const isStalled = (): boolean => {
      const last = ticks().slice(-30);
      return last.length === 30 && new Set(last.map(frameOf)).size === 1;
    };
    await until(isStalled, () => 'thirty ticks go on while no frame gets through');
    const stalledAt = Number(frameOf(ticks().at(-1)));
    const shown = session.screen();
    session.process.resume();
    await until(
      () => Number(frameOf(ticks().at(-1))) > stalledAt + 3 && session.screen() !== shown,
      () => 'frames go on',
    );
  });

  it('survives a resize storm, and the last size wins', async () => {
    const log = join(folder, 'frames.log');
    const session = start('node', [launcher, app, 'count', log]);
    await shows(session, 'probed');
    const sizes = [
      [1, 1],
      [500, 200],
      [20, 5],
      [200, 60],
    ] as const;
    for (let n = 0; n < 400; n++) {
      const [columns, rows] = sizes[n % sizes.length] ?? [80, 24];
      session.process.resize(columns, rows);
      if (n % 4 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    session.process.resize(90, 28);
    session.terminal.resize(90, 28);

    await shows(session, 'ready 88x26');
    const frames = Number(/frames (\d+) \d+\n$/.exec(read(log))?.[1] ?? 0);
    expect(frames).toBeLessThan(200);
  });
});
