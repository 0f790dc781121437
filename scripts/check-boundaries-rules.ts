// The rooms of the project and who may know whom: docs/ARCHITECTURE.md as a table.

/** A folder, and which others it may import. Its own files are always allowed. */
export type Room = {
  readonly name: string;
  readonly path: string;
  readonly may: readonly string[] | 'everything';
};

export const rooms: readonly Room[] = [
  { name: 'core', path: 'src/core/', may: [] },
  { name: 'platform', path: 'src/platform/', may: ['core'] },
  { name: 'config', path: 'src/config/', may: ['core', 'platform'] },
  { name: 'telemetry', path: 'src/telemetry/', may: ['core', 'platform'] },
  { name: 'terminal', path: 'src/terminal/', may: ['core', 'platform'] },
  { name: 'protocol', path: 'src/protocol/', may: ['core'] },
  { name: 'plugin-api', path: 'src/plugin-api/', may: ['core'] },
  { name: 'kube', path: 'src/kube/', may: ['config', 'telemetry', 'platform', 'core'] },
  { name: 'actions', path: 'src/actions/', may: ['kube', 'plugin-api', 'telemetry', 'platform', 'core'] },
  {
    name: 'engine',
    path: 'src/engine/',
    may: ['protocol', 'kube', 'actions', 'plugin-api', 'telemetry', 'config', 'platform', 'core'],
  },
  { name: 'state', path: 'src/state/', may: ['protocol', 'core'] },
  { name: 'views', path: 'views/', may: ['state', 'terminal', 'plugin-api', 'core'] },
  { name: 'plugins', path: 'plugins/', may: ['plugin-api'] },
  { name: 'demo', path: 'src/demo/', may: ['core'] },
  { name: 'cli', path: 'src/cli/', may: 'everything' },
  { name: 'app', path: 'src/app/', may: 'everything' },
  { name: 'main', path: 'src/main.ts', may: 'everything' },
  { name: 'launcher', path: 'bin/', may: [] },
  { name: 'scripts', path: 'scripts/', may: 'everything' },
  { name: 'test', path: 'test/', may: 'everything' },
];

/** Rooms that nothing but these may import. */
export const onlyFor: Readonly<Record<string, readonly string[]>> = {
  demo: ['cli', 'app', 'main', 'test', 'scripts'],
  cli: ['main', 'app', 'test', 'scripts'],
  app: ['main', 'cli', 'test', 'scripts'],
};

/** What only some files may use: a package, a Node module, or a property of `process`. */
export type Reserved = {
  /** `react` also means `react/…`. */
  readonly what: string;
  readonly where: readonly RegExp[];
  readonly because: string;
  /** Its types are free for everyone. */
  readonly typesAreFree?: boolean;
};

const tools = [/^scripts\//, /^test\//, /\.test\.tsx?$/];
const drawing = [/^views\//, /^src\/app\//, /^src\/terminal\/(painter|ink)/, /^plugins\/[^/]+\/panels\.tsx$/, ...tools];

export const reserved: readonly Reserved[] = [
  {
    what: 'node:child_process',
    where: [/^src\/platform\//, /^bin\//, ...tools],
    because: 'processes are started through src/platform (argv only, time limit, clean environment)',
  },
  { what: '@kubernetes/client-node', where: [/^src\/kube\//, ...tools], because: 'only src/kube talks to clusters' },
  { what: 'ink', where: drawing, because: 'only views draw' },
  { what: 'react', where: drawing, because: 'only views draw' },
  {
    what: 'process.stdout',
    // src/app and src/main.ts hand the streams to who writes, and report a crash when nobody does any more.
    where: [/^src\/terminal\//, /^src\/cli\//, /^src\/app\//, /^src\/main\.ts$/, /^bin\//, ...tools],
    because: 'everything that is drawn goes through one Screen; commands print through src/cli',
  },
  {
    what: 'process.exit',
    // The demo's own main is a process of its own.
    where: [/^src\/main\.ts$/, /^src\/demo\/main\.ts$/, /^bin\//, ...tools],
    because: 'only src/main.ts ends the program, after everything else has been closed',
  },
];
