// The journal of this machine: in the state folder, for its owner only.
import { join } from 'node:path';
import { type Journal, openJournal } from '../actions/journal.ts';
import { appendLine } from '../platform/append-file.ts';
import { type Environment, xdgFolder } from '../platform/environment.ts';
import { nodeFiles } from '../platform/files.ts';

const noHome = 'there is no home folder to keep a journal in';

/** Where nothing can be kept every line is refused, and with it every write above tier 1. */
export function ownJournal(env: Environment, home: string | null): Journal {
  const folder = xdgFolder(env, 'state', home);
  if (folder === null) return { write: async () => ({ ok: false, message: noHome }), read: async () => [] };
  return openJournal({
    path: join(folder, 'journal.jsonl'),
    append: appendLine,
    read: async (path) => {
      const found = await nodeFiles.read(path);
      return found.ok ? found.data.toString('utf8') : null;
    },
  });
}
