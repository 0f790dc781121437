// Preloaded into the program by the start's benchmark (`--import`): notes each file of the bundle that a thread loads, so
// that what a start reads is counted and not guessed. The program itself knows nothing of it.
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const file = process.env['FLAGBRIDGE_LOADED_FILE'] ?? '';

registerHooks({
  load(url, context, next) {
    if (url.startsWith('file:')) appendFileSync(file, `${isMainThread ? 'main' : 'engine'} ${url}\n`);
    return next(url, context);
  },
});
