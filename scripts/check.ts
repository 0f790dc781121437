// `npm run check`: format, lint, types, boundaries, unused code, generated pages, and what must not be published.
// Prints one line per step with its seconds; all steps run, also after one has failed. Names choose single steps.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkBoundaries } from './check-boundaries.ts';
import { checkText } from './check-text.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

type Outcome = { readonly ok: boolean; readonly said: string };
type Step = { readonly name: string; readonly run: () => Outcome };

/** A script below node_modules or in the project, on the Node that runs this. */
function script(path: string, ...args: string[]): Outcome {
  const run = spawnSync(process.execPath, [join(root, path), ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
  });
  return { ok: run.status === 0, said: `${run.stdout}${run.stderr}`.trim() };
}

/** What git tracks, or would after `git add`. */
function trackedFiles(): string[] {
  const run = spawnSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`git ls-files failed: ${run.stderr}`);
  return run.stdout.split('\0').filter((file) => file !== '' && existsSync(join(root, file)));
}

function boundaries(): Outcome {
  const known = trackedFiles().filter(
    (file) =>
      /^(bin|plugins|scripts|src|test|views)\/.*\.(ts|tsx|js|mjs)$/.test(file) &&
      !/(fixtures|\.generated\.)/.test(file),
  );
  const report = checkBoundaries(root, known.length);
  const summary = `${report.modules} modules, ${report.imports} imports`;
  return { ok: report.violations.length === 0, said: [...report.violations, summary].join('\n') };
}

const steps: readonly Step[] = [
  {
    name: 'format',
    // Code only: Biome would also rewrite the tables of Markdown pages.
    run: () => {
      const code = trackedFiles().filter((file) => /\.(ts|tsx|js|mjs|json)$/.test(file));
      const outcome = script('node_modules/@biomejs/biome/bin/biome', 'format', '--no-errors-on-unmatched', ...code);
      const names = outcome.said.split('\n').flatMap((line) => / ?(\S+) format ━/.exec(line)?.[1] ?? []);
      return { ok: outcome.ok, said: names.length === 0 ? outcome.said : ['npm run format', ...names].join('\n') };
    },
  },
  { name: 'lint', run: () => script('node_modules/oxlint/bin/oxlint', '-c', '.oxlintrc.json', '--quiet', '.') },
  { name: 'types', run: () => script('node_modules/typescript/bin/tsc', '-p', '.') },
  { name: 'boundaries', run: boundaries },
  { name: 'lockfile', run: () => script('scripts/check-lock.ts') },
  { name: 'unused', run: () => script('node_modules/knip/bin/knip.js', '--no-progress') },
  {
    name: 'unused but in tests',
    run: () =>
      script('node_modules/knip/bin/knip.js', '--no-progress', '--production', '--include', 'files,exports,types'),
  },
  {
    name: 'docs',
    run: () =>
      existsSync(join(root, 'scripts/docs.ts')) ? script('scripts/docs.ts', '--check') : { ok: true, said: '' },
  },
  {
    name: 'published text',
    run: () => {
      const found = checkText(root, trackedFiles());
      return { ok: found.length === 0, said: found.join('\n') };
    },
  },
];

const chosen = process.argv.slice(2);
const failed: string[] = [];
for (const step of steps) {
  if (chosen.length > 0 && !chosen.includes(step.name)) continue;
  const startedAt = performance.now();
  let outcome: Outcome;
  try {
    outcome = step.run();
  } catch (error) {
    outcome = { ok: false, said: error instanceof Error ? error.message : String(error) };
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${outcome.ok ? 'ok    ' : 'FAILED'} ${step.name.padEnd(16)}${seconds.padStart(6)} s`);
  if (!outcome.ok) {
    failed.push(step.name);
    console.log(outcome.said.split('\n').slice(0, 200).join('\n'));
  }
}
if (failed.length > 0) {
  console.log(`failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}
