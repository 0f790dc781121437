// The embedded fleet: shown where there is nothing else, and never mistaken for somebody's own.
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { closeAll, expectRestored, startPty } from '../support/pty.ts';
import { endAll, installed, makeHome, run } from '../support/run-cli.ts';

let bin: string;
beforeAll(async () => {
  bin = await installed();
});
afterEach(() => {
  closeAll();
  endAll();
});

describe('the screen', () => {
  it.each([
    ['without KUBECONFIG and file', [], { columns: 120, rows: 40 }],
    ['of flagbridge demo, whatever there is', ['demo'], { columns: 80, rows: 24 }],
  ] as const)('%s shows the demo, and says so in the first line of every frame', async (_, args, size) => {
    using home = makeHome();
    const env = { ...home.env, ...(args.length === 0 ? {} : { KUBECONFIG: '/nowhere' }) };
    const program = startPty(process.execPath, [bin, ...args], { env, ...size });
    const frames: string[] = [];
    let isResizing = false;
    program.onScreen((lines) => {
      // Before its first frame the program asks the terminal how wide it draws one glyph.
      const isFrame = program.isAlternate && lines.filter((line) => line.trim() !== '').length > 1;
      if (isFrame && !isResizing) frames.push(lines[0] ?? '');
    });
    await program.shows(/cart/);
    for (const key of ['0', '2', '\r', '?', '\x1b', ':', '\x1b', 'z']) {
      const before = frames.length;
      program.press(key);
      await program.until(() => frames.length > before, `${JSON.stringify(key)} draws a frame`);
    }
    // A frame that was drawn for the old size is no frame of the new one.
    isResizing = true;
    program.resize(20, 5);
    await program.shows('60x15, this is 20x5.');
    frames.push(program.lines()[0] ?? '');
    program.press('\x03');

    expect((await program.exited).exitCode).toBe(0);
    expect(frames.length).toBeGreaterThan(8);
    for (const line of frames) expect(line).toContain('DEMO');
    expectRestored(program.raw());
  });

  it.each([
    ['deploy -A', /Deployments {2}.*[\s\S]*cart/],
    ['certificates.cert-manager.io', /Certificates {2}/],
  ])('opens -c %j, a kind that only the servers know', async (line, shown) => {
    using home = makeHome();
    const program = startPty(process.execPath, [bin, 'demo', '-c', line], { env: home.env });
    await program.shows(shown);
    expect(program.text()).not.toContain('No pane, kind or command');
    program.press('\x03');

    expect((await program.exited).exitCode).toBe(0);
  });

  it('does not hide a KUBECONFIG that cannot be read, or a file that names nothing', async () => {
    using home = makeHome();
    const broken = startPty(process.execPath, [bin], { env: { ...home.env, KUBECONFIG: `${home.path}/gone` } });
    expect((await broken.exited).exitCode).toBe(2);
    expect(broken.raw()).toMatch(/gone: .*does not exist/);
    home.write('.kube/config', '');
    const empty = startPty(process.execPath, [bin], { env: home.env });

    expect((await empty.exited).exitCode).toBe(2);
    expect(empty.raw()).toMatch(/names no context/);
    expect(empty.raw() + broken.raw()).not.toContain('DEMO');
  });
});

describe('commands', () => {
  it.each([[['triage']], [['get', 'po']], [['clusters']], [['logs', 'deploy/cart']]])(
    '%j never fall back to the demo',
    async (args) => {
      using home = makeHome();
      const ran = await run(bin, args, { env: home.env });

      expect(ran).toMatchObject({ code: 2, stdout: '' });
      expect(ran.stderr).toMatch(
        /^flagbridge: no clusters: .*\.kube\/config does not exist; write a kubeconfig or name one with --kubeconfig/,
      );
    },
  );
});
