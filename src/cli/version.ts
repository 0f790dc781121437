// The version of this program: put in by the bundler, read from the manifest when run from the sources.
import { createRequire } from 'node:module';

declare global {
  var FLAGBRIDGE_VERSION: string | undefined;
}

export const programVersion: string =
  globalThis.FLAGBRIDGE_VERSION ??
  (createRequire(import.meta.url)('../../package.json') as { readonly version: string }).version;
