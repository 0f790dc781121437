// Runs a part of the bundle with the bytecode of an earlier run. Node's own compile cache holds what is compiled when a
// module is loaded; nearly all functions of a screen are compiled when they are first called, and compiling those anew
// took a third of a start. What is wrong with the cache is never told: the part runs without it.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { arch, version } from 'node:process';
import { fileURLToPath } from 'node:url';
import { constants, Script } from 'node:vm';
import { crc32 } from 'node:zlib';
import { type Environment, xdgFolder } from './environment.ts';

/** By then a start has come to rest, and what it called is worth keeping. */
const restMs = 3_000;

/**
 * Runs a file that the bundler wrote as one function of its own URL, and returns what it exports. Its first line is a
 * comment that changes with its content.
 */
export async function runPart(url: URL, env: Environment = process.env, keepAfterMs = restMs): Promise<unknown> {
  const path = fileURLToPath(url);
  const source = readFileSync(path, 'utf8');
  const cache = cacheOf(path, source, env);
  const cachedData = cache?.read();
  const script = new Script(source, {
    filename: path,
    // What it imports stands beside it.
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  if (cache !== null && (cachedData === undefined || script.cachedDataRejected === true))
    setTimeout(() => cache.write(script.createCachedData()), keepAfterMs).unref();
  const part = script.runInThisContext() as (url: string) => Promise<unknown>;
  return part(url.href);
}

type Cache = { read(): Buffer | undefined; write(data: Buffer): void };

function cacheOf(path: string, source: string, env: Environment): Cache | null {
  const root = xdgFolder(env, 'cache');
  if (root === null || env['NODE_DISABLE_COMPILE_CACHE'] === '1') return null;
  const folder = join(root, 'code');
  const part = basename(path, '.js');
  const content = /^\/\/(\w+)\n/.exec(source)?.[1] ?? '';
  const file = join(folder, `${part}-${version}-${arch}-${content}`);
  return {
    read() {
      try {
        const { uid, mode } = statSync(file);
        // It is run as code: nobody else may have written it.
        if (uid !== process.getuid?.() || (mode & 0o022) !== 0) return undefined;
        const kept = readFileSync(file);
        const data = kept.subarray(4);
        return crc32(data) === kept.readUInt32LE(0) ? data : undefined;
      } catch {
        return undefined;
      }
    },
    write(data) {
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        const sum = Buffer.alloc(4);
        sum.writeUInt32LE(crc32(data));
        writeFileSync(`${file}.${process.pid}`, Buffer.concat([sum, data]), { mode: 0o600 });
        renameSync(`${file}.${process.pid}`, file);
        for (const name of readdirSync(folder))
          if (name.startsWith(`${part}-`) && name !== basename(file)) rmSync(join(folder, name), { force: true });
      } catch {
        // A folder that cannot be written: the next start is as slow as this one.
      }
    },
  };
}
