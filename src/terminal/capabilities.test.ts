// Capabilities from the environment and from answers, the clipboard's bytes, and styles at every colour depth.
import { describe, expect, it } from 'vitest';
import { colourDepth, environmentCapabilities, isUtf8Locale, parseRgb } from './capabilities.ts';
import { copyBytes, LONGEST_COPY } from './clipboard.ts';
import { learn, probeBytes } from './probe.ts';
import { badPiece } from '../../test/support/frame-check.ts';
import { applySgr, styleWriter } from './sgr.ts';
import { plain, style } from './style.ts';

describe('from the environment', () => {
  it.each([
    [{ TERM: 'xterm-256color' }, '256'],
    [{ TERM: 'xterm-256color', COLORTERM: 'truecolor' }, 'true'],
    [{ TERM: 'xterm-kitty' }, 'true'],
    [{ TERM: 'screen-256color', COLORTERM: 'truecolor' }, '256'],
    [{ TERM: 'screen-256color', COLORTERM: 'truecolor', TMUX: '/tmp/tmux,1,0' }, 'true'],
    [{ TERM: 'tmux-256color' }, '256'],
    [{ TERM: 'linux' }, '16'],
    [{ TERM: 'xterm' }, '16'],
    [{ TERM: 'dumb', COLORTERM: 'truecolor' }, 'none'],
    [{ TERM: 'vt100' }, 'none'],
    [{}, 'none'],
    [{ TERM: 'xterm-256color', NO_COLOR: '1' }, 'none'],
    [{ TERM: 'xterm-256color', NO_COLOR: '' }, '256'],
  ] as const)('%j shows %s', (env, depth) => {
    expect(colourDepth(env)).toBe(depth);
  });

  it.each([
    [{ LANG: 'en_GB.UTF-8' }, true],
    [{ LC_CTYPE: 'C.utf8' }, true],
    [{ LC_ALL: 'C', LANG: 'en_GB.UTF-8' }, false],
    [{ LANG: 'C' }, false],
    [{}, false],
  ] as const)('%j: UTF-8 %s', (env, isUtf8) => {
    expect(isUtf8Locale(env)).toBe(isUtf8);
    expect(environmentCapabilities({ TERM: 'xterm', ...env }).needsAscii).toBe(!isUtf8);
  });

  it.each([
    [{ TERM: 'xterm-256color' }, true],
    [{ TERM: 'tmux-256color' }, true],
    [{ TERM: 'screen-256color', TMUX: '/tmp/tmux,1,0' }, true],
    [{ TERM: 'screen-256color' }, false],
    [{ TERM: 'xterm-256color', STY: '1.pts' }, false],
    [{ TERM: 'xtermish' }, false],
    [{ TERM: 'vt220' }, false],
    [{}, false],
  ] as const)('%j erases in the ground that is set: %s', (env, erases) => {
    expect(environmentCapabilities(env).erasesInGround).toBe(erases);
  });

  it('needs ASCII on the Linux console, and no screen on a dumb terminal', () => {
    expect(environmentCapabilities({ TERM: 'linux', LANG: 'C.UTF-8' }).needsAscii).toBe(true);
    expect(environmentCapabilities({ TERM: 'dumb' }).isDumb).toBe(true);
    expect(environmentCapabilities({ TERM: 'xterm', SSH_CONNECTION: '1 2 3 4' }).isSsh).toBe(true);
    expect(environmentCapabilities({ TERM: 'rxvt', COLORFGBG: '15;default;0' }).isDark).toBe(true);
  });
});

describe('from answers', () => {
  const known = environmentCapabilities({ TERM: 'xterm-256color', LANG: 'C.UTF-8' });

  it('learns background, synchronized output, keyboard and glyph width', () => {
    const light = learn(known, { kind: 'osc', code: 11, text: 'rgb:ffff/ffff/e000' }, true);
    expect(light.background).toEqual({ red: 255, green: 255, blue: 223 });
    expect(light.isDark).toBe(false);
    expect(learn(known, { kind: 'mode', mode: 2026, value: 2 }, true).hasSynchronizedOutput).toBe(true);
    expect(learn(known, { kind: 'mode', mode: 2026, value: 0 }, true)).toBe(known);
    expect(learn(known, { kind: 'kitty-flags', flags: 0 }, true).hasKittyKeyboard).toBe(true);
    expect(learn(known, { kind: 'cursor', row: 0, column: 2 }, true).needsAscii).toBe(true);
    expect(learn(known, { kind: 'cursor', row: 0, column: 1 }, true)).toBe(known);
  });

  it('asks only what the terminal can take', () => {
    expect(probeBytes(environmentCapabilities({ TERM: 'dumb' }), 'dumb')).toBe('');
    expect(probeBytes(environmentCapabilities({ TERM: 'linux' }), 'linux')).toBe('\x1b[c');
    expect(badPiece(probeBytes(known, 'xterm-256color'), true)).toBeNull();
  });

  it('reads colours of any precision', () => {
    expect(parseRgb('rgb:f/0/8')).toEqual({ red: 255, green: 0, blue: 136 });
    expect(parseRgb('#ffffff')).toBeNull();
  });
});

describe('clipboard', () => {
  it('is OSC 52, passed through by tmux', () => {
    expect(copyBytes('hi', null)).toEqual({ outcome: 'copy', bytes: '\x1b]52;c;aGk=\x07' });
    expect(copyBytes('hi', 'tmux')).toEqual({ outcome: 'copy', bytes: '\x1bPtmux;\x1b\x1b]52;c;aGk=\x07\x1b\\' });
  });

  it('refuses what terminals would cut', () => {
    expect(copyBytes('x'.repeat(LONGEST_COPY), null).outcome).toBe('copy');
    expect(copyBytes('é'.repeat(LONGEST_COPY / 2 + 1), null)).toEqual({
      outcome: 'too-long',
      length: LONGEST_COPY + 2,
    });
  });
});

describe('styles', () => {
  const red = { hex: '#d75f5f', index256: 167, ansi: 'brightRed' } as const;

  it('are the same number for the same look, and differ in bytes by depth', () => {
    const failed = style({ fg: red, bold: true });
    expect(style({ bold: true, fg: { ...red } })).toBe(failed);
    expect(styleWriter('true').transition(0, failed)).toBe('\x1b[1;38;2;215;95;95m');
    expect(styleWriter('256').transition(0, failed)).toBe('\x1b[1;38;5;167m');
    expect(styleWriter('16').transition(0, failed)).toBe('\x1b[1;91m');
    expect(styleWriter('none').transition(0, failed)).toBe('\x1b[1m');
  });

  it('change by the shortest escape', () => {
    const writer = styleWriter('16');
    const bold = style({ bold: true });
    const dim = style({ dim: true });
    const redOnly = style({ fg: red });
    expect(writer.transition(redOnly, plain)).toBe('\x1b[m');
    expect(writer.transition(bold, style({ bold: true, fg: red }))).toBe('\x1b[91m');
    expect(writer.transition(style({ bold: true, dim: true }), dim)).toBe('\x1b[0;2m');
    expect(styleWriter('none').transition(redOnly, plain)).toBe('');
  });

  it('are read from SGR, except what hides text', () => {
    expect(applySgr(plain, '1;91')).toBe(applySgr(applySgr(plain, '91'), '1'));
    expect(applySgr(applySgr(plain, '38;2;1;2;3;4'), '0')).toBe(plain);
    expect(applySgr(plain, '8')).toBe(plain);
    expect(applySgr(plain, '5')).toBe(plain);
  });
});
