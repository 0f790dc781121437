// Keeps package-lock.json complete: npm leaves out optional packages of other platforms when the registry that it was
// written with does not carry them, and `npm ci` then refuses the whole file. `--write` adds what is missing.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

type Entry = {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly integrity?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};

export type Lock = { readonly packages: Readonly<Record<string, Entry>> };

export type MissingEntry = { readonly path: string; readonly name: string; readonly version: string };

/** Optional dependencies with an exact version that have no entry where npm would look for them. */
export function missingEntries(lock: Lock): readonly MissingEntry[] {
  const found = new Map<string, MissingEntry>();
  for (const [parent, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      // A range is resolved by npm alone; platform packages are pinned by their parents.
      if (!/^\d/.test(version)) continue;
      const path = placeFor(lock, found, parent, name, version);
      if (path !== null) found.set(path, { path, name, version });
    }
  }
  return [...found.values()];
}

/** Walks up as Node resolves; null when the right version is found on the way. */
function placeFor(
  lock: Lock,
  added: ReadonlyMap<string, MissingEntry>,
  parent: string,
  name: string,
  version: string,
): string | null {
  let place = '';
  for (let base: string | null = parent; base !== null; base = above(base)) {
    const path = base === '' ? `node_modules/${name}` : `${base}/node_modules/${name}`;
    const there = lock.packages[path]?.version ?? added.get(path)?.version;
    if (there === version) return null;
    if (there !== undefined) return place === '' ? `${parent}/node_modules/${name}` : place;
    place = path;
  }
  return place;
}

const above = (path: string): string | null => {
  if (path === '') return null;
  const at = path.lastIndexOf('/node_modules/');
  return at < 0 ? '' : path.slice(0, at);
};

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];

/** Where a package runs, by its name: `@x/binding-linux-arm64-musl`. npm skips it elsewhere without asking anyone. */
export function platformOf(name: string): { os?: string[]; cpu?: string[]; libc?: string[] } {
  const words = name.split(/[-/]/);
  const os = systems.filter((word) => words.includes(word));
  const cpu = processors.filter((word) => words.includes(word));
  const libc = words.some((word) => word.startsWith('musl'))
    ? ['musl']
    : words.some((word) => word.startsWith('gnu'))
      ? ['glibc']
      : [];
  return {
    ...(cpu.length > 0 && { cpu }),
    ...(os.length > 0 && { os }),
    ...(libc.length > 0 && os[0] === 'linux' && { libc }),
  };
}

/** The lockfile with its missing entries; they carry no integrity, because the package could not be seen. */
export function completed(lock: Lock): Lock {
  const packages: Record<string, Entry> = { ...lock.packages };
  for (const { path, name, version } of missingEntries(lock)) {
    packages[path] = { version, dev: true, optional: true, ...platformOf(name) };
  }
  return {
    ...lock,
    packages: Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en'))),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = join(fileURLToPath(new URL('..', import.meta.url)), 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8')) as Lock;
  const missing = missingEntries(lock);
  if (process.argv.includes('--write')) {
    writeFileSync(file, `${JSON.stringify(completed(lock), null, 2)}\n`);
    console.log(`${missing.length} entries added`);
  } else if (missing.length > 0) {
    for (const each of missing) console.log(`package-lock.json lacks ${each.name}@${each.version}`);
    console.log('npm ci would refuse it; complete it with: node bin/node.js scripts/check-lock.ts --write');
    process.exitCode = 1;
  }
}
