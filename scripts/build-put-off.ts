// What the bundler changes in modules so that they cost nothing until they are used. Each of these would be paid in both
// threads at every start; the figures are CPU of one thread.
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { OnLoadResult, Plugin } from 'esbuild';

type Change = readonly [place: RegExp, by: string];

/** A constant pattern that is compiled when it is first asked for; it can be tested, executed and searched for. */
const lazyPattern =
  'let compiled$1; const $1 = { get it() { return (compiled$1 ??= $2); }, test(s) { return this.it.test(s); },' +
  ' exec(s) { return this.it.exec(s); }, [Symbol.search](s) { return s.search(this.it); } };';

/** ICU's break iterator, opened when the first text is cut. */
const lazySegmenter = 'let made$1; const $1 = { segment: (s) => (made$1 ??= $2).segment(s) };';

const changes: readonly { readonly filter: RegExp; readonly changes: readonly Change[] }[] = [
  // yoga fetches its own data: URL, which loads Node's fetch (55 ms), and else decodes it unit by unit (25 ms, most of it
  // V8's optimiser).
  {
    filter: /[\\/]yoga-wasm-base64-esm\.js$/,
    changes: [
      [/"function"!=typeof fetch\?/, 'true?'],
      [
        /var b=xa\(a\.slice\(37\)\),c=new Uint8Array\(b\.length\);for\([^)]*\)c\[a\]=b\.charCodeAt\(a\);var d=c/,
        'var d=Buffer.from(a.slice(37),"base64")',
      ],
    ],
  },
  // The sets of all emoji and of all visible characters (75 ms) are for text beyond ASCII alone.
  {
    filter: /[\\/]string-width[\\/]index\.js$/,
    changes: [
      [/^const (\w+Regex) = ((?:\/|new RegExp\().*\\p\{.*);$/gm, lazyPattern],
      [/^const (\w+) = (new Intl\.Segmenter\(.*\));$/m, lazySegmenter],
    ],
  },
  // So is ICU's break iterator (12 ms).
  {
    filter:
      /[\\/](ink[\\/]build[\\/]line-update|wrap-ansi[\\/]index|tokenize-ansi|ansi-tokenize[\\/]build[\\/]tokenize)\.js$/,
    changes: [[/^const (\w+) = (new Intl\.Segmenter\(.*\));$/m, lazySegmenter]],
  },
];

/** Built-in modules that are loaded when something of them is first used: TLS with all below it takes 30 ms. */
const lateBuiltins = new Set(['assert', 'child_process', 'crypto', 'dns', 'http', 'http2', 'https', 'tls', 'zlib']);

/** Packages that are evaluated when something of them is first used; only their named exports are for use. */
const latePackages = ['croner', 're2js', 'socks', 'yaml'];

const stringWidth = fileURLToPath(import.meta.resolve('string-width'));

export const putOff: Plugin = {
  name: 'put-off',
  setup(on) {
    // `import … from 'node:…'` reads every export of a built-in module, and some are getters that load a lot: of `http`
    // Node's whole fetch (90 ms), of `process` its streams. `getBuiltinModule` reads none.
    on.onResolve({ filter: /^(node:)?[a-z]/ }, ({ path }) =>
      isBuiltin(path) ? { path: path.replace(/^node:/, ''), namespace: 'builtin' } : undefined,
    );
    on.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => {
      const load = `process.getBuiltinModule(${JSON.stringify(path)})`;
      const names = Object.keys(process.getBuiltinModule(path) ?? {});
      return { contents: lateBuiltins.has(path) ? late(load, names) : `module.exports = ${load};`, loader: 'js' };
    });
    on.onResolve({ filter: new RegExp(`^(${latePackages.join('|')})$`) }, ({ path, kind, resolveDir }) =>
      kind === 'import-statement' ? { path, namespace: 'late', pluginData: resolveDir } : undefined,
    );
    on.onLoad({ filter: /.*/, namespace: 'late' }, async ({ path, pluginData }) => {
      const names = Object.keys((await import(path)) as object).filter(
        (name) => /^\w+$/.test(name) && name !== 'default',
      );
      return {
        contents: late(`require(${JSON.stringify(path)})`, names),
        resolveDir: pluginData as string,
        loader: 'js',
      };
    });
    // One copy for Ink and the painter: what is laid out is as wide as what is drawn.
    on.onResolve({ filter: /^string-width$/ }, () => ({ path: stringWidth }));
    for (const { filter, changes: of } of changes) on.onLoad({ filter }, ({ path }) => changed(path, of));
  },
};

/** A module whose exports load the real one when they are read; the bundler reads them where they are used. */
const late = (load: string, names: readonly string[]): string =>
  `module.exports = { ${names.map((name) => `get ${JSON.stringify(name)}() { return ${load}[${JSON.stringify(name)}]; }`).join(', ')} };`;

/** A library's source with some places changed. Throws when one is not there: another version of the library. */
function changed(path: string, of: readonly Change[]): OnLoadResult {
  const contents = of.reduce(
    (source, [place, by]) => {
      if (source.search(place) === -1)
        throw new Error(`${path} has nothing like ${place}; see scripts/build-put-off.ts`);
      return source.replace(place, by);
    },
    readFileSync(path, 'utf8'),
  );
  return { contents, loader: 'js' };
}
