// Keeps discovery answers on disk, so that the next start knows the kinds of a cluster at once and asks only whether
// anything has changed. Many clusters of one version share an answer: it is stored under its ETag, which is a hash of it.
import { hash } from 'node:crypto';
import { join } from 'node:path';
import { record, text } from '../../core/object.ts';
import type { Files } from '../../platform/files.ts';

export type CachedAnswer = { readonly etag: string; readonly body: unknown };

export interface DiscoveryCache {
  /** Last answer of this server to this path, or null. Never throws. */
  read(server: string, path: string): Promise<CachedAnswer | null>;
  write(server: string, path: string, answer: CachedAnswer): Promise<void>;
}

const limits = { maxBytes: 16 << 20, timeoutMs: 2_000 };

/** `folder` is ours alone; a damaged or foreign file counts as none. */
export function fileDiscoveryCache(files: Files, folder: string): DiscoveryCache {
  const digest = (words: string): string => hash('sha256', words).slice(0, 32);
  const pointer = (server: string, path: string): string => join(folder, `${digest(`${server} ${path}`)}.ref.json`);
  const content = (etag: string): string => join(folder, `${digest(etag)}.json`);
  const readJson = async (path: string): Promise<unknown> => {
    const read = await files.read(path, limits);
    if (!read.ok) return null;
    try {
      return JSON.parse(read.data.toString('utf8'));
    } catch {
      return null;
    }
  };
  return {
    async read(server, path) {
      const etag = text(await readJson(pointer(server, path)), 'etag');
      if (etag === '') return null;
      const stored = await readJson(content(etag));
      return text(stored, 'etag') === etag ? { etag, body: record(stored, 'body') } : null;
    },
    async write(server, path, answer) {
      // A read-only or full disk makes the next start slower, nothing else.
      if ((await files.stamp(content(answer.etag))) === null) {
        await files.replace(content(answer.etag), JSON.stringify(answer), 0o600);
      }
      await files.replace(pointer(server, path), JSON.stringify({ etag: answer.etag }), 0o600);
    },
  };
}
