// Loads the kubeconfig again when one of its files changes. A file that is broken or gone for the moment counts as it was
// last read well, so that a tool that rewrites it never empties the screen.
import { dirname } from 'node:path';
import type { Clock } from '../../platform/clock.ts';
import type { Files, FileStamp } from '../../platform/files.ts';
import { type KubeconfigMemory, type KubeconfigOptions, type LoadedKubeconfig, loadKubeconfig } from './kubeconfig.ts';

export interface KubeconfigWatch extends Disposable {
  /** As last loaded. */
  readonly current: LoadedKubeconfig;
}

export type KubeconfigWatchTimes = {
  /** Quiet time after a change, so that a file is read when it is complete. */
  readonly settleMs: number;
  /** Between looks where folders tell of changes, as a safety net (network file systems do not). */
  readonly pollMs: number;
  /** Between looks where a folder cannot be watched or is not there. */
  readonly pollUnwatchedMs: number;
};

export const kubeconfigWatchTimes: KubeconfigWatchTimes = { settleMs: 150, pollMs: 5000, pollUnwatchedMs: 800 };

export type KubeconfigWatchOptions = {
  readonly times?: KubeconfigWatchTimes;
  /** What was read a moment ago, with the memory that was filled by it. It is compared with the files at the first look. */
  readonly read?: { readonly loaded: LoadedKubeconfig; readonly memory: KubeconfigMemory };
};

/**
 * Loads once, then tells `onChange` of every load whose result may differ. Never throws. The service account of a pod has
 * nothing to watch here: its token is read again by the credentials.
 */
export async function watchKubeconfig(
  options: KubeconfigOptions,
  clock: Clock,
  onChange: (loaded: LoadedKubeconfig) => void,
  { times = kubeconfigWatchTimes, read }: KubeconfigWatchOptions = {},
): Promise<KubeconfigWatch> {
  const memory: KubeconfigMemory = read?.memory ?? new Map();
  let current = read?.loaded ?? (await loadKubeconfig(options, memory));
  let isDisposed = false;
  let seen = read === undefined ? await stampsOf(options.files, current.candidates) : '';
  let settling: Disposable | null = null;
  let polling: Disposable | null = null;
  let folders = new DisposableStack();
  let everyFolderTells = false;

  const reload = async (): Promise<void> => {
    const stamps = await stampsOf(options.files, current.candidates);
    if (isDisposed || stamps === seen) return;
    seen = stamps;
    const loaded = await loadKubeconfig(options, memory);
    if (isDisposed) return;
    current = loaded;
    await watchFolders();
    onChange(loaded);
  };
  const settle = (): void => {
    settling?.[Symbol.dispose]();
    settling = isDisposed ? null : clock.after(times.settleMs, () => void reload());
  };
  const poll = (): void => {
    polling = clock.after(everyFolderTells ? times.pollMs : times.pollUnwatchedMs, () => {
      void reload().finally(() => {
        if (!isDisposed) poll();
      });
    });
  };
  /** The folders of the files, and of what they link to. */
  const watchFolders = async (): Promise<void> => {
    const paths = new Set<string>();
    let areAllThere = true;
    for (const file of current.candidates) {
      paths.add(dirname(file));
      const real = await options.files.realPath(file);
      if (real !== null) paths.add(dirname(real));
    }
    if (isDisposed) return;
    folders.dispose();
    folders = new DisposableStack();
    for (const path of paths) {
      const watcher = options.files.watchFolder(path, settle);
      if (watcher === null) areAllThere = false;
      else folders.use(watcher);
    }
    everyFolderTells = areAllThere;
  };

  await watchFolders();
  poll();
  return {
    get current() {
      return current;
    },
    [Symbol.dispose]() {
      isDisposed = true;
      settling?.[Symbol.dispose]();
      polling?.[Symbol.dispose]();
      folders.dispose();
    },
  };
}

/** What the files look like from outside; equal when nothing changed. */
async function stampsOf(files: Files, paths: readonly string[]): Promise<string> {
  const stamps = await Promise.all(paths.map((path) => files.stamp(path)));
  return JSON.stringify(
    stamps.map((s: FileStamp | null) => (s === null ? null : [s.mtimeMs, s.size, s.inode, s.mode])),
  );
}
