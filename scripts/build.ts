// Bundles the program: a small start chunk, and what it loads later (screen, engine, demo) beside it. In a checkout each
// bundle is a folder of its own below dist/, and dist/flagbridge.js points at the newest: a running program keeps the
// chunks that it started with, and two that bundle at once do not meet.
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin, stop } from 'esbuild';
import { putOff } from './build-put-off.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Entries by the name that they have in a bundle. */
const entries = {
  flagbridge: 'src/main.ts',
  commands: 'src/cli/run.ts',
  demo: 'src/demo/main.ts',
  // Apart, so that they are not even read without a provider of traces and a scrape.
  'tracing-by-api': 'src/telemetry/tracing-by-api.ts',
  prometheus: 'src/telemetry/prometheus.ts',
} as const;

/** Entries that run from a cache of their bytecode, and what others import of them. */
const parts = {
  screen: { file: 'src/app/screen-command.ts', exports: ['runScreenCommand'] },
  'engine-worker': { file: 'src/app/engine-worker.ts', exports: [] },
} as const;

/**
 * Each entry is a bundle of its own, whoever imports it: what they share would be cut into dozens of little files, and a
 * start pays half a millisecond for each.
 */
const apart: Plugin = {
  name: 'apart',
  setup(on) {
    on.onResolve({ filter: /^\./ }, ({ path, kind, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      const isAt = (file: string): boolean => join(root, file) === join(resolveDir, path);
      const part = Object.entries(parts).find(([, { file }]) => isAt(file))?.[0];
      if (part !== undefined) return { path: part, namespace: 'part' };
      const entry = Object.entries(entries).find(([, file]) => isAt(file))?.[0];
      return entry === undefined ? undefined : { path: `./${entry}.js`, external: true };
    });
    on.onLoad({ filter: /.*/, namespace: 'part' }, ({ path }) => ({
      contents: runsPart(path as keyof typeof parts),
      resolveDir: root,
      loader: 'js',
    }));
  },
};

/** A module that runs a part and hands on its exports. */
const runsPart = (name: keyof typeof parts): string =>
  `import { runPart } from './src/platform/code-cache.ts';
  export const { ${parts[name].exports.join(', ')} } = await runPart(new URL('./${name}-part.js', import.meta.url));`;

/** Replaces modules that the program never runs: their code would triple the bundle and its start. */
const leaveOut: Plugin = {
  name: 'leave-out',
  setup(on) {
    const left: readonly [RegExp, string][] = [
      // client-node's typed API (all models): only its KubeConfig is used.
      [
        /gen\/index\.js$/,
        'export const createConfiguration = () => { throw new Error("typed API is left out"); };' +
          'export class ServerConfiguration {} export class AppsV1Api {} export class CoreV1Api {}',
      ],
      // Its HTTP client: requests go through our own session.
      [/^undici$/, 'export class Agent {} export class ProxyAgent {} export const fetch = globalThis.fetch;'],
      [/^react-devtools-core$/, 'export default {};'],
    ];
    for (const [index, [filter, contents]] of left.entries()) {
      on.onResolve({ filter }, () => ({ path: `left-out-${index}`, namespace: 'left-out' }));
      on.onLoad({ filter: new RegExp(`^left-out-${index}$`), namespace: 'left-out' }, () => ({
        contents,
        loader: 'js',
      }));
    }
  },
};

/** What a part calls its own URL. */
const partUrl = 'flagbridgePartUrl';

/**
 * An ES module as one function of its URL that returns its exports: the form in which Node takes bytecode back that
 * holds functions which were compiled late. Nothing is imported any more but with `import()`, so this is its last line.
 */
function asFunction(module: string): string {
  const exports = /export\s*\{([^}]*)\};\s*$/.exec(module);
  const names = (exports?.[1] ?? '').split(',').filter((name) => name.trim() !== '');
  const members = names.map((name) => name.replace(/^\s*(\S+) as (\S+)\s*$/, '$2: $1'));
  const body = exports === null ? module : module.slice(0, exports.index);
  if (/^\s*(import|export)\b(?!\s*\()/m.test(body)) throw new Error('a part of the bundle still imports or exports');
  const code = `(async(${partUrl})=>{${body}\nreturn{${members.join(',')}}})`;
  return `//${createHash('sha256').update(code).digest('hex').slice(0, 16)}\n${code}\n`;
}

/** Builds `outdir`; returns the bytes of each file. Throws with esbuild's messages when a source is broken. */
export async function bundle(outdir: string): Promise<Readonly<Record<string, number>>> {
  const version = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  const common: BuildOptions = {
    absWorkingDir: root,
    outdir,
    bundle: true,
    minify: true,
    // Names in stack traces and of components stay readable.
    keepNames: false,
    platform: 'node',
    format: 'esm',
    target: 'node22.19',
    jsx: 'automatic',
    legalComments: 'external',
    logLevel: 'error',
    plugins: [apart, leaveOut, putOff],
    external: ['bufferutil', 'utf-8-validate'],
    define: {
      'process.env.NODE_ENV': '"production"',
      'process.env.DEV': '"false"',
      'globalThis.FLAGBRIDGE_VERSION': JSON.stringify(version),
    },
  };
  await Promise.all([
    ...Object.entries(entries).map(([name, path]) =>
      build({ ...common, entryPoints: { [name]: path }, splitting: true, chunkNames: `${name}-[hash]` }),
    ),
    ...Object.entries(parts).map(async ([name, { file }]) => {
      // Ink asks whether its debugger is installed; it never is.
      const define = { ...common.define, 'import.meta.url': partUrl, 'import.meta.resolve': 'undefined' };
      const out = `${name}-part`;
      await build({ ...common, entryPoints: { [out]: file }, define });
      const path = join(outdir, `${out}.js`);
      writeFileSync(path, asFunction(readFileSync(path, 'utf8')));
    }),
    build({ ...common, stdin: { contents: runsPart('engine-worker'), resolveDir: root }, entryNames: 'engine-worker' }),
  ]);
  // Its helper process would live as long as the program that bundled.
  await stop();
  return Object.fromEntries(
    readdirSync(outdir).map((name) => [name, readFileSync(join(outdir, name)).length] as const),
  );
}

/** Bundles that stay beside the newest: programs that still run from them may load a chunk or a worker. */
const keptBundles = 10;
/** A bundling that has not ended after this long was killed. */
const abandonedMs = 3_600_000;

/**
 * Bundles the sources and makes `dist/flagbridge.js` load the result. Its time is that of the start: what changes while
 * it is bundled is newer. Throws with esbuild's messages, or when dist/ cannot be written.
 */
export async function renew(dist = join(root, 'dist')): Promise<Readonly<Record<string, number>>> {
  const startedAt = new Date();
  mkdirSync(dist, { recursive: true });
  const made = mkdtempSync(join(dist, 'tmp-'));
  try {
    const sizes = await bundle(made);
    const name = `bundle-${startedAt.getTime()}-${process.pid}`;
    renameSync(made, join(dist, name));
    const pointer = join(dist, `tmp-${name}.js`);
    writeFileSync(pointer, `import "./${name}/flagbridge.js";\n`);
    utimesSync(pointer, startedAt, startedAt);
    renameSync(pointer, join(dist, 'flagbridge.js'));
    prune(dist, startedAt.getTime());
    return sizes;
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    throw error;
  }
}

/** Takes away old bundles, and what was left by a bundling that was killed. */
function prune(dist: string, now: number): void {
  const names = readdirSync(dist).filter((name) => name !== 'flagbridge.js');
  const bundles = names.filter((name) => /^bundle-\d+-\d+$/.test(name)).sort();
  const current = new Set(bundles.slice(-keptBundles));
  for (const name of names) {
    const path = join(dist, name);
    // Somebody else may take the same file away at the same time.
    const madeAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now;
    const isOld = name.startsWith('tmp-') ? now - madeAt > abandonedMs : !current.has(name);
    if (isOld) rmSync(path, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  for (const [name, size] of Object.entries(await renew())) {
    if (!name.endsWith('.txt'))
      process.stdout.write(`${name.padEnd(32)} ${String(Math.ceil(size / 1024)).padStart(6)} KB\n`);
  }
}
