#!/usr/bin/env node
// The command: finds a Node that is new enough, bundles the sources when they are newer than dist/, and starts it.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findNode, isNewEnough, nodeTooOld, root, runOn } from './find-node.js';

const dist = join(root, 'dist');

/** Newest change below a folder, in milliseconds; bundling is wanted when it is later than the bundle. */
function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) latest = Math.max(latest, newest(path));
    else if (/\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name))
      latest = Math.max(latest, statSync(path).mtimeMs);
  }
  return latest;
}

function isStale() {
  // A published package has the bundle alone.
  if (!existsSync(join(root, 'src'))) return false;
  const built = join(dist, 'built');
  if (!existsSync(built)) return true;
  const at = statSync(built).mtimeMs;
  const files = ['package.json', 'package-lock.json', 'scripts/build.ts'].map(
    (name) => statSync(join(root, name)).mtimeMs,
  );
  return [...files, ...['src', 'views', 'plugins'].map((name) => newest(join(root, name)))].some((time) => time > at);
}

async function start() {
  if (isStale()) {
    const { bundle } = await import(pathToFileURL(join(root, 'scripts/build.ts')).href);
    await bundle();
  }
  const { enableCompileCache } = await import('node:module');
  if (enableCompileCache) enableCompileCache();
  await import(pathToFileURL(join(dist, 'flagbridge.js')).href);
}

const node = findNode();
if (!node) {
  process.stderr.write(`${nodeTooOld()}\n`);
  process.exit(2);
} else if (!isNewEnough(process.versions.node)) {
  runOn(node, [...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2)]);
} else {
  start().catch((error) => {
    process.stderr.write(`flagbridge cannot be bundled: ${error && error.message ? error.message : error}\n`);
    process.exit(2);
  });
}
