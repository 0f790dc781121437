#!/usr/bin/env node
// The command: finds a Node that is new enough, bundles the sources when they are newer than the bundle, and starts it.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findNode, isNewEnough, nodeTooOld, root, runOn } from './find-node.js';

const bundle = join(root, 'dist', 'flagbridge.js');

/** Newest change below a folder, in milliseconds; bundling is wanted when it is later than the bundle. */
function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) latest = Math.max(latest, newest(path));
    else if (/\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name)) {
      // An editor may have taken its temporary file away since the folder was read.
      latest = Math.max(latest, statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    }
  }
  return latest;
}

/** Whether the bundle is older than the sources; `missing` when there is none. */
function stateOfBundle() {
  const builtAt = statSync(bundle, { throwIfNoEntry: false })?.mtimeMs;
  if (builtAt === undefined) return 'missing';
  // A published package has the bundle alone.
  if (!existsSync(join(root, 'src'))) return 'fresh';
  const files = ['package.json', 'package-lock.json', 'scripts/build.ts'];
  const times = [
    ...files.map((name) => statSync(join(root, name), { throwIfNoEntry: false })?.mtimeMs ?? 0),
    ...['src', 'views', 'plugins'].map((name) => newest(join(root, name))),
  ];
  return times.some((time) => time > builtAt) ? 'stale' : 'fresh';
}

const firstLine = (error) => String((error && error.message) || error).split('\n')[0];

/** Bundles when it has to be. An old bundle that cannot be renewed still runs, and says so; a broken source ends it. */
async function prepare() {
  const state = stateOfBundle();
  if (state === 'fresh') return;
  if (process.stderr.isTTY) process.stderr.write('flagbridge: the sources are newer than the bundle, bundling…\n');
  try {
    const { renew } = await import(pathToFileURL(join(root, 'scripts/build.ts')).href);
    await renew();
  } catch (error) {
    const isReadOnly = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC'].includes(error && error.code);
    if (state === 'stale' && isReadOnly) {
      process.stderr.write(`flagbridge: an older bundle runs, it cannot be renewed: ${firstLine(error)}\n`);
      return;
    }
    const next =
      error && error.code === 'ERR_MODULE_NOT_FOUND'
        ? `run npm ci in ${root}`
        : isReadOnly
          ? 'run npm run build as its owner'
          : 'mend it, then start again';
    process.stderr.write(`flagbridge: ${root} cannot be bundled: ${firstLine(error)}; ${next}\n`);
    if (error && Array.isArray(error.errors)) {
      for (const { text, location } of error.errors)
        process.stderr.write(`  ${location ? `${location.file}:${location.line} ` : ''}${text}\n`);
    }
    process.exit(2);
  }
}

async function start() {
  await prepare();
  const { enableCompileCache } = await import('node:module');
  if (enableCompileCache) enableCompileCache();
  await import(pathToFileURL(bundle).href);
}

const node = findNode();
if (!node) {
  process.stderr.write(`${nodeTooOld()}\n`);
  process.exit(2);
} else if (!isNewEnough(process.versions.node)) {
  runOn(node, [...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2)], { countsOnce: true });
} else {
  await start();
}
