// The journal of writes: what was about to be sent is on the disk before it is, what came of it is written behind. An action
// that a crash cut is found at the next start by its missing result.
import type { ActionOutcome, ActionRecord, Tier } from '../core/action.ts';
import type { ObjectRef } from '../core/ids.ts';
import { at, record } from '../core/object.ts';
import { cell, redact } from '../core/sanitise.ts';
import type { Written } from '../platform/files.ts';
import type { Inverse } from './plan.ts';

/** `user` is the kubeconfig's entry; `as` whom it acts for, if anybody. */
export type Author = {
  readonly user: string;
  readonly as: string | null;
  readonly host: string;
  readonly pid: number;
};

/** About to be sent. Holds no body: a template may hold secrets. */
export type IntentLine = {
  readonly v: 1;
  readonly line: 'intent';
  readonly at: string;
  readonly id: string;
  readonly verb: string;
  readonly title: string;
  readonly cluster: string;
  readonly server: string;
  readonly context: string;
  /** Who did it, and from which program: the audit log of the server knows the user by its own name. */
  readonly by: Author;
  readonly target: ObjectRef;
  readonly tier: Tier;
  readonly steps: readonly { readonly method: string; readonly path: string; readonly sha256: string }[];
  readonly dryRun: string;
  readonly kubectl: string;
  readonly reason: string;
  readonly inverse: Inverse | null;
};

export type ResultLine = {
  readonly v: 1;
  readonly line: 'result';
  readonly at: string;
  readonly id: string;
  /** `applied`: the server has taken it; what became of it follows in a line of its own if somebody was there to see. */
  readonly result: ActionOutcome['result'] | 'applied';
  readonly text: string;
  readonly auditId: string | null;
};

export type JournalLine = IntentLine | ResultLine;

export interface Journal {
  /** On the disk when it resolves. */
  write(line: JournalLine): Promise<Written>;
  /** The newest last; lines that cannot be read are left out. */
  read(): Promise<readonly JournalLine[]>;
}

const mostBytes = 8 << 20;

export type JournalDeps = {
  readonly path: string;
  append(path: string, line: string, mostBytes: number): Promise<Written>;
  /** Null: there is none. */
  read(path: string): Promise<string | null>;
};

export function openJournal({ path, append, read }: JournalDeps): Journal {
  // One line after the other: two that are written at once must not mix.
  let turn: Promise<unknown> = Promise.resolve();
  const next = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work);
    turn = done.catch(() => undefined);
    return done;
  };
  return {
    write: (line) => next(() => append(path, JSON.stringify(withoutSecrets(line)), mostBytes)),
    read: () =>
      next(async () => {
        const texts = await Promise.all([read(`${path}.1`), read(path)]);
        return texts.flatMap((text) => (text ?? '').split('\n').flatMap(parsed));
      }),
  };
}

const withoutSecrets = (line: JournalLine): JournalLine =>
  line.line === 'intent'
    ? { ...line, reason: redact(line.reason), server: redact(line.server) }
    : { ...line, text: redact(line.text) };

function parsed(text: string): readonly JournalLine[] {
  try {
    const value = record(JSON.parse(text));
    const isIntent =
      value['line'] === 'intent' &&
      typeof at(value, 'target', 'uid') === 'string' &&
      typeof at(value, 'by', 'pid') === 'number';
    const isOurs = value['v'] === 1 && typeof value['id'] === 'string' && (isIntent || value['line'] === 'result');
    return isOurs ? [value as JournalLine] : [];
  } catch {
    return [];
  }
}

/** Intents without any result: what was cut by a crash. */
export function unfinished(lines: readonly JournalLine[]): readonly IntentLine[] {
  const ended = new Set(lines.flatMap((line) => (line.line === 'result' ? [line.id] : [])));
  return lines.filter((line): line is IntentLine => line.line === 'intent' && !ended.has(line.id));
}

const mostRecords = 500;

/** The lines as actions, the newest first. */
export function recordsOf(lines: readonly JournalLine[]): readonly ActionRecord[] {
  const results = new Map(lines.flatMap((line) => (line.line === 'result' ? [[line.id, line] as const] : [])));
  return lines
    .filter((line): line is IntentLine => line.line === 'intent')
    .slice(-mostRecords)
    .reverse()
    .map((intent): ActionRecord => {
      const result = results.get(intent.id);
      return {
        id: intent.id,
        at: Date.parse(intent.at),
        title: cell(intent.title),
        cluster: cell(intent.cluster),
        target: intent.target,
        result: result?.result ?? null,
        text: cell(result?.text ?? ''),
        reason: cell(intent.reason),
        canUndo: intent.inverse != null && result?.result !== 'refused',
      };
    });
}
