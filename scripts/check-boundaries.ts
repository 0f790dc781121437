// Checks that every module imports only what its room may know, that no import goes in a circle, and that what is
// reserved for one room is used there only. Reads the sources with oxc-parser, which knows this TypeScript.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { onlyFor, type Reserved, reserved, type Room, rooms } from './check-boundaries-rules.ts';
import { findCycles } from './check-cycles.ts';

export type BoundaryReport = {
  readonly modules: number;
  readonly imports: number;
  /** One line each: `file:line what is wrong`. */
  readonly violations: readonly string[];
};

type Import = { readonly from: string; readonly line: number; readonly typeOnly: boolean };
type Module = {
  readonly file: string;
  readonly imports: readonly Import[];
  readonly uses: readonly { name: string; line: number }[];
};

const folders = ['bin', 'plugins', 'scripts', 'src', 'test', 'views'];
const sourceName = /\.(ts|tsx|js|mjs)$/;

/**
 * Checks the tree below `root`. `expectAtLeast` guards against a checker that reads nothing and is content: a report of
 * fewer modules is a violation.
 */
export function checkBoundaries(root: string, expectAtLeast = 1): BoundaryReport {
  const violations: string[] = [];
  const files = folders.flatMap((folder) => sourceFiles(root, folder));
  const modules: Module[] = [];
  for (const file of files) {
    const result = readModule(root, file);
    if (typeof result === 'string') violations.push(result);
    else modules.push(result);
  }
  const edges = new Map<string, string[]>();
  let imports = 0;
  for (const module of modules) {
    const targets: string[] = [];
    edges.set(module.file, targets);
    for (const each of module.imports) {
      imports++;
      const at = `${module.file}:${each.line}`;
      if (!each.from.startsWith('.')) {
        violations.push(...checkReserved(module.file, each.from, each.line, each.typeOnly));
        continue;
      }
      const target = posix.normalize(posix.join(posix.dirname(module.file), each.from));
      if (!existsSync(join(root, target))) {
        violations.push(`${at} imports ${each.from}, which does not exist`);
        continue;
      }
      targets.push(target);
      const problem = checkDirection(module.file, target);
      if (problem !== null) violations.push(`${at} ${problem}`);
    }
    for (const use of module.uses) violations.push(...checkReserved(module.file, use.name, use.line, false));
  }
  for (const cycle of findCycles(edges)) violations.push(`a circle of imports: ${[...cycle, cycle[0]].join(' → ')}`);
  if (modules.length < expectAtLeast) {
    violations.push(`only ${modules.length} modules were read, there are at least ${expectAtLeast}`);
  }
  return { modules: modules.length, imports, violations };
}

function sourceFiles(root: string, folder: string): string[] {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && sourceName.test(entry.name) && !entry.name.includes('.generated.'))
    .map((entry) => posix.join(folder, entry.parentPath.slice(path.length).replaceAll('\\', '/'), entry.name))
    .filter((file) => !/(^|\/)(node_modules|fixtures|dist)\//.test(file))
    .sort();
}

function readModule(root: string, file: string): Module | string {
  const source = readFileSync(join(root, file), 'utf8');
  const result = parseSync(file, source, { sourceType: 'module' });
  const error = result.errors.find((each) => each.severity === 'Error');
  if (error !== undefined) return `${file} cannot be read: ${error.message}`;
  const lineOf = (offset: number): number => source.slice(0, offset).split('\n').length;
  const imports: Import[] = [];
  for (const each of result.module.staticImports) {
    const typeOnly = each.entries.length > 0 && each.entries.every((entry) => entry.isType);
    imports.push({ from: each.moduleRequest.value, line: lineOf(each.start), typeOnly });
  }
  for (const each of result.module.staticExports) {
    const from = each.entries.find((entry) => entry.moduleRequest !== null)?.moduleRequest;
    const typeOnly = each.entries.every((entry) => entry.isType);
    if (from) imports.push({ from: from.value, line: lineOf(each.start), typeOnly });
  }
  for (const each of result.module.dynamicImports) {
    const text = /^(['"`])([^'"`$]+)\1$/.exec(source.slice(each.moduleRequest.start, each.moduleRequest.end));
    if (text?.[2] !== undefined) imports.push({ from: text[2], line: lineOf(each.start), typeOnly: false });
  }
  const uses: { name: string; line: number }[] = [];
  new Visitor({
    MemberExpression(node) {
      if (node.object.type !== 'Identifier' || node.object.name !== 'process') return;
      if (node.property.type !== 'Identifier' || node.computed) return;
      uses.push({ name: `process.${node.property.name}`, line: lineOf(node.start) });
    },
    ImportDeclaration(node) {
      if (node.source.value !== 'node:process' && node.source.value !== 'process') return;
      for (const each of node.specifiers) {
        if (each.type !== 'ImportSpecifier' || each.imported.type !== 'Identifier') continue;
        uses.push({ name: `process.${each.imported.name}`, line: lineOf(node.start) });
      }
    },
    TSImportType(node) {
      imports.push({ from: String(node.source.value), line: lineOf(node.start), typeOnly: true });
    },
  }).visit(result.program);
  // `import { x }` with a later `export { x }` is reported twice by the parser; once is enough.
  const seen = new Map(imports.toReversed().map((each) => [`${each.from} ${each.typeOnly}`, each]));
  return { file, imports: [...seen.values()].toReversed(), uses };
}

function roomOf(file: string): Room | null {
  return rooms.find((room) => file.startsWith(room.path)) ?? null;
}

/** What is wrong with one file knowing another, or null. */
function checkDirection(file: string, target: string): string | null {
  // Tests beside the sources may use whatever they need to provoke and observe.
  if (/\.test\.tsx?$/.test(file)) return null;
  if (/\.test\.tsx?$/.test(target)) return `imports a test: ${target}`;
  const from = roomOf(file);
  const to = roomOf(target);
  if (from === null) return 'is in no room: name its folder in scripts/check-boundaries-rules.ts';
  if (to === null) return `imports ${target}, which is in no room`;
  if (from.name === to.name) {
    const sibling = (path: string): string => path.split('/').slice(0, 2).join('/');
    if (from.name === 'plugins' && sibling(file) !== sibling(target)) return `imports another plugin: ${target}`;
    return null;
  }
  const limited = onlyFor[to.name];
  if (limited !== undefined && !limited.includes(from.name))
    return `(${from.name}) must not know ${to.name}: ${target}`;
  if (from.may === 'everything' || from.may.includes(to.name)) return null;
  return `(${from.name}) must not know ${to.name}: ${target}`;
}

function checkReserved(file: string, name: string, line: number, typeOnly: boolean): string[] {
  const bare = name === 'child_process' ? 'node:child_process' : name;
  const match = (each: Reserved): boolean => bare === each.what || bare.startsWith(`${each.what}/`);
  const rule = reserved.find(match);
  if (rule === undefined || (typeOnly && rule.typesAreFree === true)) return [];
  if (rule.where.some((pattern) => pattern.test(file))) return [];
  return [`${file}:${line} uses ${name}: ${rule.because}`];
}
