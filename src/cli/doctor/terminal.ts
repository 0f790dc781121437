// The terminal as the environment and tmux describe it: what will look or feel wrong there, and the setting that mends it.
import { type DoctorFinding, ok } from './finding.ts';

export type TerminalFacts = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdoutIsTerminal: boolean;
  readonly stdinIsTerminal: boolean;
  readonly columns: number;
  readonly rows: number;
  /** tmux options by name as `tmux show-options -gv` prints them; null outside tmux or where tmux does not answer. */
  readonly tmux: Readonly<Record<string, string>> | null;
};

/** Options that `terminalFindings` wants to know of tmux. */
export const tmuxOptions = ['escape-time', 'default-terminal', 'set-clipboard', 'allow-passthrough'] as const;

/** Esc waits this long in tmux before it reaches a program; above it every Esc feels slow. */
const slowEscapeMs = 50;

export function terminalFindings(facts: TerminalFacts): DoctorFinding[] {
  const { env } = facts;
  const found: DoctorFinding[] = [];
  const say = (severity: DoctorFinding['severity'], what: string, remedy: string | null): void => {
    found.push({ area: 'terminal', severity, what, remedy });
  };
  if (!facts.stdoutIsTerminal || !facts.stdinIsTerminal) {
    say(
      'info',
      'input or output is not a terminal: the screen cannot be opened here',
      'use the commands (flagbridge triage), or run it in a terminal',
    );
  } else if (facts.columns < 60 || facts.rows < 15) {
    say('warn', `${facts.columns}x${facts.rows} cells: the screen needs 60x15`, 'make the window larger');
  } else found.push(ok('terminal', `${facts.columns}x${facts.rows} cells`));

  const term = env['TERM'] ?? '';
  if (term === '' || term === 'dumb')
    say('fail', `TERM is ${term === '' ? 'not set' : 'dumb'}: no cursor can be moved`, 'export TERM=xterm-256color');
  else found.push(ok('terminal', `TERM=${term}`));

  if (env['NO_COLOR'])
    say('info', 'NO_COLOR is set: states are told by glyphs and bold alone', 'unset NO_COLOR for colours');
  else if (env['COLORTERM'] !== 'truecolor' && env['COLORTERM'] !== '24bit') {
    say(
      'info',
      `COLORTERM is ${env['COLORTERM'] ?? 'not set'}: 256 colours at most`,
      'export COLORTERM=truecolor if the terminal has true colour; over SSH add SendEnv COLORTERM',
    );
  }
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  if (!/utf-?8/i.test(locale)) {
    say('warn', `the locale is ${locale || 'not set'}: glyphs are drawn in ASCII`, 'export LANG=C.UTF-8');
  } else found.push(ok('terminal', `locale ${locale}`));

  if (env['TMUX']) found.push(...tmuxFindings(facts.tmux));
  else if (term.startsWith('screen'))
    say('info', 'inside screen: copying with c may not reach the clipboard', 'use tmux with set-clipboard on');
  return found;
}

function tmuxFindings(tmux: TerminalFacts['tmux']): DoctorFinding[] {
  if (!tmux)
    return [
      {
        area: 'terminal',
        severity: 'info',
        what: 'inside tmux, which does not tell its settings',
        remedy: 'check that tmux is in PATH',
      },
    ];
  const found: DoctorFinding[] = [];
  const say = (what: string, remedy: string): void => {
    found.push({ area: 'terminal', severity: 'warn', what, remedy });
  };
  const escape = Number(tmux['escape-time'] ?? '500');
  if (escape > slowEscapeMs) say(`tmux holds every Esc back for ${escape} ms`, 'tmux set -sg escape-time 20');
  if (!/256color|direct/.test(tmux['default-terminal'] ?? '')) {
    say(
      `tmux offers default-terminal ${tmux['default-terminal'] ?? 'screen'}: 8 colours`,
      'tmux set -g default-terminal tmux-256color',
    );
  }
  if (tmux['set-clipboard'] === 'off') say('tmux drops what c copies', 'tmux set -g set-clipboard on');
  // What c copies goes through tmux to the terminal around it; since 3.3 that has to be allowed.
  if (tmux['allow-passthrough'] === 'off')
    say('tmux keeps what c copies from the terminal (allow-passthrough off)', 'tmux set -g allow-passthrough on');
  if (found.length === 0) found.push(ok('terminal', `tmux escape-time ${escape} ms, ${tmux['default-terminal']}`));
  return found;
}
