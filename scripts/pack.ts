// Lays out what is published in package/: the bundle, the launcher and a manifest made from them. It lists no
// dependency and no script, so installing it runs nothing and fetches nothing else.
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './build.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The manifest of the published package. */
export function publishedManifest(): Readonly<Record<string, unknown>> {
  const source = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>;
  const { name, version, description, license, bin } = source;
  return {
    name,
    version,
    description,
    license,
    type: 'module',
    engines: { node: '>=22.19' },
    bin,
    files: ['bin', 'dist', 'README.md'],
  };
}

/** Writes the package into `outdir`, ready for `npm pack` or `npm install -g`. */
export async function layOut(outdir = join(root, 'package')): Promise<void> {
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(join(outdir, 'bin'), { recursive: true });
  await bundle(join(outdir, 'dist'));
  for (const name of ['flagbridge.js', 'find-node.js']) cpSync(join(root, 'bin', name), join(outdir, 'bin', name));
  chmodSync(join(outdir, 'bin', 'flagbridge.js'), 0o755);
  cpSync(join(root, 'README.md'), join(outdir, 'README.md'));
  writeFileSync(join(outdir, 'package.json'), `${JSON.stringify(publishedManifest(), null, 2)}\n`);
}

if (import.meta.main) await layOut();
