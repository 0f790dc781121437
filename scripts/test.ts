// `npm test`: every suite that needs nothing but this checkout. Extra arguments go to vitest.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const args = process.argv.slice(2);
const projects = args.some((a) => a.startsWith('--project')) ? [] : ['--project', 'unit', '--project', 'system'];
const run = spawnSync(process.execPath, [vitest, 'run', ...projects, ...args], { stdio: 'inherit' });
process.exit(run.status ?? 1);
