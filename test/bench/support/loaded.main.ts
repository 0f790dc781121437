// Preloaded into the program by the start's benchmark (`--import`): notes each file of the bundle that a thread loads, so
// that what a start reads is counted and not guessed. The program itself knows nothing of it.
import fs, { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { isMainThread } from 'node:worker_threads';

const file = process.env['FLAGBRIDGE_LOADED_FILE'] ?? '';

const note = (url: string): void => appendFileSync(file, `${isMainThread ? 'main' : 'engine'} ${url}\n`);

registerHooks({
  load(url, context, next) {
    if (url.startsWith('file:')) note(url);
    return next(url, context);
  },
});

// The parts of the bundle that run from a cache of their bytecode are read and not imported.
const read = fs.readFileSync;
fs.readFileSync = ((...args: Parameters<typeof read>) => {
  const [path] = args;
  if (typeof path === 'string' && path.endsWith('-part.js')) note(pathToFileURL(path).href);
  return read(...args);
}) as typeof read;
