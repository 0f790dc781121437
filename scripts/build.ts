// Bundles the program into dist/: a small start chunk, and what it loads later (screen, engine, demo) beside it.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin, stop } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Entries by the name that they have in dist/. */
export const entries = {
  flagbridge: 'src/main.ts',
  'engine-worker': 'src/app/engine-worker.ts',
  demo: 'src/demo/main.ts',
} as const;

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

/** Builds `outdir`; returns the bytes of each file. Throws with esbuild's messages when a source is broken. */
export async function bundle(outdir = join(root, 'dist')): Promise<Readonly<Record<string, number>>> {
  const version = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: { ...entries },
    outdir,
    bundle: true,
    splitting: true,
    minify: true,
    // Names in stack traces and of components stay readable.
    keepNames: false,
    platform: 'node',
    format: 'esm',
    target: 'node22.19',
    jsx: 'automatic',
    chunkNames: 'chunk-[hash]',
    legalComments: 'external',
    logLevel: 'error',
    plugins: [leaveOut],
    external: ['bufferutil', 'utf-8-validate'],
    define: {
      'process.env.NODE_ENV': '"production"',
      'process.env.DEV': '"false"',
      'globalThis.FLAGBRIDGE_VERSION': JSON.stringify(version),
    },
    banner: {
      js: "import{createRequire as bundleRequire}from'node:module';const require=bundleRequire(import.meta.url);",
    },
  });
  // Its helper process would live as long as the program that bundled.
  await stop();
  // Written last: a build that was cut short is older than the sources for whoever looks.
  writeFileSync(join(outdir, 'built'), '');
  return Object.fromEntries(
    readdirSync(outdir).map((name) => [name, readFileSync(join(outdir, name)).length] as const),
  );
}

if (import.meta.main) {
  for (const [name, size] of Object.entries(await bundle())) {
    if (!name.endsWith('.txt'))
      process.stdout.write(`${name.padEnd(32)} ${String(Math.ceil(size / 1024)).padStart(6)} KB\n`);
  }
}
