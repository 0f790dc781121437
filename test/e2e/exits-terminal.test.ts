// Every way out of the real program leaves the terminal as it was, with the exit code that tells which way it was; what
// dies inside is survived or reported.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { RunningDemo } from '../../src/demo/start.ts';
import { closeAll, expectCooked, expectRestored, type PtyProgram, startPty } from '../support/pty.ts';
import {
  demoFleet,
  endAll,
  type Home,
  installed,
  kubeconfigOf,
  makeHome,
  stackTrace,
  start,
} from '../support/run-cli.ts';

let demo: RunningDemo;
let home: Home;
let bin: string;
let env: Record<string, string>;

beforeAll(async () => {
  home = makeHome();
  [bin, demo] = await Promise.all([installed(), demoFleet({ only: ['run-eu'], silentAfterMs: null })]);
  env = { ...home.env, KUBECONFIG: home.write('fleet', kubeconfigOf(demo.clusters)) };
});
afterEach(closeAll);
afterAll(async () => {
  endAll();
  await demo.stop();
  home[Symbol.dispose]();
});

/** The screen, started from a shell that tells how it ended and in which mode the terminal is. */
function inShell(
  more: Record<string, string> = {},
  size: { columns: number; rows: number } = { columns: 120, rows: 40 },
): PtyProgram {
  const script = `'${process.execPath}' '${bin}'; echo "rc=$?"; stty -a`;
  return startPty('bash', ['--norc', '-c', script], { env: { ...env, ...more }, ...size, hasKitty: true });
}

/** The process that the shell waits for. */
function programOf({ process: { pid } }: PtyProgram): number {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return Number(child);
}

const screen = (more: Record<string, string> = {}): PtyProgram =>
  startPty(process.execPath, [bin], { env: { ...env, ...more } });
const isUp = (program: PtyProgram): Promise<void> => program.shows(/run-eu/);

describe('ways out', () => {
  it.each([
    { columns: 80, rows: 24 },
    { columns: 120, rows: 40 },
    { columns: 200, rows: 60 },
  ])('q at $columns x $rows gives the terminal back in cooked mode, with 0', async (size) => {
    const program = inShell({}, size);
    await isUp(program);
    expect(program.isAlternate).toBe(true);
    program.press('q');
    await program.exited;

    expectRestored(program.raw());
    expect(program.isAlternate).toBe(false);
    expect(program.raw()).toMatch(/rc=0/);
    expectCooked(program.raw());
    // Nothing of the screen is left behind in the scroll-back.
    expect(program.text()).toMatch(/^rc=0/);
  });

  it('Ctrl-C is the key that quits: 0', async () => {
    const program = inShell();
    await isUp(program);
    program.press('\x03');
    await program.exited;

    expectRestored(program.raw());
    expectCooked(program.raw());
    expect(program.raw()).toMatch(/rc=0/);
  });

  it('kitty’s keys are taken back, where the terminal speaks its protocol', async () => {
    const program = inShell();
    await isUp(program);
    await program.until(() => program.raw().includes('\x1b[>1u'), 'kitty keys are on');
    process.kill(programOf(program), 'SIGTERM');
    await program.exited;

    expectRestored(program.raw());
    expectCooked(program.raw());
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s restores and ends with %i', async (signal, code) => {
    const program = inShell();
    await isUp(program);
    process.kill(programOf(program), signal);
    await program.exited;

    expectRestored(program.raw());
    expectCooked(program.raw());
    expect(program.raw()).toContain(`rc=${code}`);
    // A shell names the signal that killed a program; this one ended by itself.
    expect(program.text()).not.toMatch(/Terminated|Hangup/);
  });

  it('a terminal that is closed ends it, and its threads', async () => {
    const program = screen();
    await isUp(program);
    const { pid } = program.process;
    program.hangUp();

    await expect.poll(() => isRunning(pid), { timeout: 15_000, interval: 20 }).toBe(false);
  });
});

function isRunning(pid: number): boolean {
  try {
    // A zombie that nobody has waited for yet runs no more.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Loaded into the program before it starts: fails where and when the test says. */
function failing(thread: 'main' | 'worker', what: string): { readonly NODE_OPTIONS: string; fail(): void } {
  const trigger = `${home.path}/fail-${Math.random().toString(36).slice(2)}`;
  const path = home.write(
    `${thread}-${Math.random().toString(36).slice(2)}.mjs`,
    `import { existsSync, unlinkSync } from 'node:fs';
     import { isMainThread } from 'node:worker_threads';
     if (isMainThread === ${thread === 'main'}) setInterval(() => {
       if (!existsSync('${trigger}')) return;
       unlinkSync('${trigger}');
       ${what}
     }, 20).unref();`,
  );
  return { NODE_OPTIONS: `--import=${path}`, fail: () => writeFileSync(trigger, '') };
}

const secret = 'token=hunter2hunter2';

describe('a crash', () => {
  it.each([
    ['an error', `throw new TypeError('broken on purpose, ${secret}');`],
    ['a rejection', `Promise.reject(new TypeError('broken on purpose, ${secret}'));`],
  ])('%s restores, ends with 70 and reports on one screen without secrets', async (_, what) => {
    const { NODE_OPTIONS, fail } = failing('main', what);
    const program = inShell({ NODE_OPTIONS }, { columns: 80, rows: 24 });
    await isUp(program);
    fail();
    await program.exited;

    const raw = program.raw();
    expectRestored(raw);
    expectCooked(raw);
    const after = raw.slice(raw.lastIndexOf('\x1b[?1049l'));
    expect(after).toMatch(/rc=70/);
    expect(after).toMatch(/Flagbridge has stopped/);
    expect(after).toMatch(/TypeError: broken on purpose/);
    expect(after).not.toContain('hunter2');
    const report = after.slice(after.indexOf('Flagbridge'), after.indexOf('rc=70')).split('\n');
    expect(report.length).toBeLessThan(20);
  });

  it('of a command is the same report', async () => {
    const { NODE_OPTIONS, fail } = failing('main', `throw new Error('broken on purpose, ${secret}');`);
    const running = start(bin, ['logs', 'deploy/catalog', '-f', '--tail', '1', '-n', 'shop'], {
      env: { ...env, NODE_OPTIONS },
    });
    await running.until(({ stdout }) => stdout !== '');
    fail();
    const ran = await running.ended;

    expect(ran.code).toBe(70);
    expect(ran.stderr).toMatch(/Flagbridge has stopped.*\n {2}Error: broken on purpose/);
    expect(ran.stderr).not.toContain('hunter2');
  });
});

describe('the engine', () => {
  it('that dies is started again: the screen stays, says so, and is live again', async () => {
    const { NODE_OPTIONS, fail } = failing('worker', `throw new Error('engine broken on purpose');`);
    const log = `${home.path}/engine.log`;
    const program = startPty(process.execPath, [bin, '--log-file', log], { env: { ...env, NODE_OPTIONS } });
    await program.shows(/cart/);
    const isLive = (): boolean =>
      events(log).some((e) => e['event'] === 'cluster' && /"live"/.test(String(e['phase'])));
    await program.until(isLive, 'run-eu is live');
    await program.shows(/cart/);
    const lists: string[] = [];
    program.onScreen((lines) => lists.push(lines.join('\n')));
    fail();
    await program.until(
      () => events(log).some((e) => String(e['text']).includes('engine broken on purpose')),
      'its death is told',
    );
    await program.until(() => events(log).filter((e) => e['event'] === 'connect').length === 2, 'it connects again');
    await program.shows(/cart/);
    // Rows stay all the time.
    expect(lists.length).toBeGreaterThan(0);
    for (const list of lists) expect(list).toContain('cart');

    const told = events(log);
    const died = told.find((e) => String(e['text']).includes('engine broken on purpose'));
    expect(died?.['text']).toMatch(/The engine stopped: .*started again; rows are stale/);
    program.press('q');
    expect((await program.exited).exitCode).toBe(0);
    expect(program.raw()).not.toMatch(stackTrace);
  });
});

/** Lines of a debug log. */
function events(path: string): Record<string, unknown>[] {
  try {
    return readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  } catch {
    return [];
  }
}

describe('what is remembered', () => {
  it('the scope of the last run is there in the next', async () => {
    const first = screen();
    await isUp(first);
    first.press('f');
    first.press('ns:shop');
    first.press('\r');
    await first.shows(/ns shop/);
    first.press('\x03');
    await first.exited;
    const second = screen();

    await second.shows(/ns shop/);
    second.press('\x03');
    await second.exited;
    // What is named now wins over what was remembered.
    const third = startPty(process.execPath, [bin, '--cluster', 'run-*'], { env });
    await third.shows(/run-\* · all namespaces/);
    expect(third.text()).not.toContain('ns shop');
    third.press('\x03');
    await third.exited;
    const fourth = startPty(process.execPath, [bin, '-A'], { env });
    await fourth.shows(/all clusters · all namespaces/);
    fourth.press('\x03');
    await fourth.exited;
    // And it was for that run: the next one opens with what was last chosen in the screen.
    await screen().shows(/ns shop/);
  });

  it('so are the hues of clusters, by their UID', async () => {
    const program = screen();
    await program.shows(/1\/1 live/);
    const hues = (): Record<string, number> => {
      const path = `${home.path}/.local/state/flagbridge/state.json`;
      return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as { hues: Record<string, number> }).hues : {};
    };
    // By the id at once, by the UID when the cluster has told it; written together, a moment after.
    await expect.poll(() => Object.keys(hues()).length, { timeout: 15_000 }).toBeGreaterThanOrEqual(2);
    expect(new Set(Object.values(hues())).size).toBe(1);
    program.press('\x03');
    await program.exited;
  });
});

describe('the configuration', () => {
  it('brings decks and scopes of one’s own', async () => {
    const config = home.write(
      'mine.yaml',
      'decks: {night: {rows: [{panes: [pods]}, {panes: [logs]}]}}\nscopes: {shop: ns:shop}\n',
    );
    const program = startPty(process.execPath, [bin, '-A', '--config', config, '--deck', 'night', '-c', 'scope shop'], {
      env,
    });
    await program.shows(/home {2}workload {2}night .*ns shop/);
    await program.shows(/━ Pods {2}/);

    expect(program.text()).not.toContain('1 Triage');
  });
});

describe('telemetry', () => {
  it('--metrics-addr serves what both threads count; --log-file tells what happened, without secrets', async () => {
    const log = `${home.path}/debug.log`;
    const program = startPty(process.execPath, [bin, '--metrics-addr', '127.0.0.1:0', '--log-file', log], { env });
    await program.shows(/cart/);
    const address = (): string => String(events(log).find((e) => e['event'] === 'metrics')?.['address'] ?? '');
    await program.until(() => address() !== '', 'the address is logged');
    const read = async (): Promise<Map<string, number>> => {
      const text = await (await fetch(address())).text();
      return new Map(
        text.split('\n').flatMap((line) => {
          const match = /^([a-z_]+(?:\{[^}]*\})?) ([\d.e+-]+)$/.exec(line);
          return match ? [[match[1] ?? '', Number(match[2])] as const] : [];
        }),
      );
    };
    const metrics = await read();

    expect(metrics.get('flagbridge_watch_events_total')).toBeGreaterThan(0);
    expect(metrics.get('flagbridge_screen_bytes_total')).toBeGreaterThan(0);
    expect(metrics.get('flagbridge_frame_seconds_count')).toBeGreaterThan(0);
    expect(metrics.get('flagbridge_frames_total{cause="data"}')).toBeGreaterThan(0);
    expect(metrics.get('flagbridge_fallbacks_total{what="painter"}')).toBe(0);
    const keys = metrics.get('flagbridge_frames_total{cause="key"}') ?? 0;
    program.press('j');
    await expect
      .poll(async () => (await read()).get('flagbridge_frames_total{cause="key"}'), { timeout: 10_000 })
      .toBeGreaterThan(keys);
    program.press('q');
    await program.exited;

    const told = events(log).map((e) => e['event']);
    for (const event of ['start', 'connect', 'connected', 'discovery', 'synced', 'cluster', 'end'])
      expect(told).toContain(event);
    expect(new Set(events(log).map((e) => e['thread']))).toEqual(new Set(['main', 'engine']));
    const text = readFileSync(log, 'utf8');
    for (const { users } of demo.clusters)
      for (const user of Object.values(users)) expect(text).not.toContain(user.by === 'token' ? user.token : user.key);
  });

  it('an address that is taken is said', async () => {
    const first = start(bin, ['logs', 'deploy/catalog', '-f', '-n', 'shop', '--metrics-addr', '127.0.0.1:0'], { env });
    await first.until(({ stderr }) => /metrics at http/.test(stderr));
    const port = /127\.0\.0\.1:(\d+)\//.exec(first.stderr)?.[1] ?? '';
    const ran = await start(bin, ['triage', '--metrics-addr', `127.0.0.1:${port}`], { env }).ended;
    first.child.kill('SIGTERM');

    expect(ran).toMatchObject({
      code: 2,
      stderr: `flagbridge: --metrics-addr: 127.0.0.1:${port} is taken; name another port, or 0 for any\n`,
    });
  });
});
