// A child of our own program with a message channel and no terminal: it ends when the channel closes.
import { type ChildProcess, fork } from 'node:child_process';

/** Forks a module of this program. Flags of the parent's Node (inspectors, loaders) are not handed on. */
export const forkQuietly = (entry: URL): ChildProcess =>
  fork(entry, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] });
