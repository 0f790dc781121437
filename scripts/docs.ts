// `npm run docs`: writes the generated pages. With --check it writes nothing and fails when one of them is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { configPage } from './docs/config.ts';
import { keysPage } from './docs/keys.ts';

const pages: Readonly<Record<string, () => string>> = { 'docs/CONFIG.md': configPage, 'docs/KEYS.md': keysPage };
const isCheck = process.argv.includes('--check');
for (const [name, page] of Object.entries(pages)) {
  const path = fileURLToPath(new URL(`../${name}`, import.meta.url));
  const text = page();
  if (!isCheck) writeFileSync(path, text);
  else if (readFileSync(path, 'utf8') !== text) {
    process.stderr.write(`${name} is stale: npm run docs\n`);
    process.exitCode = 1;
  }
}
