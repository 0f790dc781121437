// What the program remembers by itself: last scope, hues, consents. Losing it costs comfort, never data, so a file that
// cannot be read or written is said once and worked without.
import { join } from 'node:path';
import { type Environment, xdgFolder } from '../platform/environment.ts';
import type { Files } from '../platform/files.ts';

export type SavedState = {
  /** A line of the scope grammar; empty: everything. */
  readonly scope: string;
  /** Hue 0–11 by the UID of a cluster, and by its id for the time before that is known. */
  readonly hues: Readonly<Record<string, number>>;
  /** Credential plugins that the user allowed, as they were then. */
  readonly consents: readonly { readonly path: string; readonly sha256: string }[];
};

export interface StateStore {
  readonly state: SavedState;
  /**
   * Changes it now and writes it soon, on top of what another running program may have written. The promise is for tests
   * and a clean end: nobody has to wait for it.
   */
  update(change: (state: SavedState) => SavedState): Promise<void>;
  /** Why nothing is remembered, for doctor and one quiet line; null: all is well. */
  readonly trouble: string | null;
}

export const emptyState: SavedState = { scope: '', hues: {}, consents: [] };

export type StateOptions = { readonly env: Environment; readonly files: Files; readonly home: string | null };

/** Where it is kept; null without a home. */
export const statePath = ({ env, home }: Omit<StateOptions, 'files'>): string | null => {
  const folder = xdgFolder(env, 'state', home);
  return folder === null ? null : join(folder, 'state.json');
};

/** Never throws. */
export async function openState(options: StateOptions): Promise<StateStore> {
  const path = statePath(options);
  const first =
    path === null
      ? { state: emptyState, trouble: 'there is no home folder to remember anything in' }
      : await read(path);
  let { state, trouble } = first;
  let turn: Promise<void> = Promise.resolve();

  async function read(file: string): Promise<{ state: SavedState; trouble: string | null }> {
    const found = await options.files.read(file);
    if (!found.ok)
      return { state: emptyState, trouble: found.failure === 'missing' ? null : `${file} ${found.message}` };
    // Somebody else's words could allow a program to run.
    if ((found.stamp.mode & 0o022) !== 0)
      return {
        state: emptyState,
        trouble: `${file} may be written by other users and is not read: chmod go-w ${file}`,
      };
    return { state: parseState(found.data.toString('utf8')), trouble: null };
  }

  const write = async (change: (state: SavedState) => SavedState): Promise<void> => {
    if (path === null) return;
    const fresh = await read(path);
    if (fresh.trouble !== null) {
      trouble = fresh.trouble;
      return;
    }
    const next = change(fresh.state);
    const written = await options.files.replace(path, `${JSON.stringify({ version: 1, ...next }, null, 2)}\n`, 0o600);
    trouble = written.ok ? null : `${path} ${written.message}`;
  };

  return {
    get state() {
      return state;
    },
    get trouble() {
      return trouble;
    },
    update(change) {
      state = change(state);
      turn = turn.then(() => write(change));
      return turn;
    },
  };
}

/** Takes what is right and leaves the rest: an older or a newer program may have written it. */
export function parseState(text: string): SavedState {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return emptyState;
  }
  if (typeof raw !== 'object' || raw === null) return emptyState;
  const own = (key: string): unknown => (Object.hasOwn(raw, key) ? Reflect.get(raw, key) : undefined);
  const scope = own('scope');
  const hues = own('hues');
  const consents = own('consents');
  return {
    scope: typeof scope === 'string' ? scope : '',
    hues: Object.fromEntries(
      Object.entries(typeof hues === 'object' && hues !== null ? hues : {}).filter(
        (entry): entry is [string, number] => Number.isInteger(entry[1]) && entry[1] >= 0 && entry[1] < 12,
      ),
    ),
    consents: (Array.isArray(consents) ? consents : []).filter(isConsent).map(({ path, sha256 }) => ({ path, sha256 })),
  };
}

const isConsent = (value: unknown): value is SavedState['consents'][number] =>
  typeof value === 'object' &&
  value !== null &&
  'path' in value &&
  typeof value.path === 'string' &&
  'sha256' in value &&
  typeof value.sha256 === 'string' &&
  /^[0-9a-f]{64}$/.test(value.sha256);

export const hasConsent = (state: SavedState, consent: { readonly path: string; readonly sha256: string }): boolean =>
  state.consents.some((c) => c.path === consent.path && c.sha256 === consent.sha256);

/** Replaces an older consent for the same path. */
export const withConsent = (
  state: SavedState,
  consent: { readonly path: string; readonly sha256: string },
): SavedState => ({ ...state, consents: [...state.consents.filter((c) => c.path !== consent.path), consent] });

/** Clusters of a few years; the ones not seen for longest are forgotten. */
const mostHues = 1_000;

export const withHues = (state: SavedState, hues: SavedState['hues']): SavedState => {
  const kept = Object.entries(state.hues).filter(([key]) => !Object.hasOwn(hues, key));
  return { ...state, hues: Object.fromEntries([...kept, ...Object.entries(hues)].slice(-mostHues)) };
};
