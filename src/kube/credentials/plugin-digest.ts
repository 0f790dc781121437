// The SHA-256 of a program, so that a consent is for what it was and not for what is put in its place.
import { hash } from 'node:crypto';
import type { Files } from '../../platform/files.ts';

const limits = { maxBytes: 256 * 1024 * 1024, timeoutMs: 10_000 };

/** Hex; null when it cannot be read, in which case it cannot be run as a script either and says so itself. */
export async function fileDigest(path: string, files: Files): Promise<string | null> {
  const read = await files.read(path, limits);
  return read.ok ? hash('sha256', read.data, 'hex') : null;
}
