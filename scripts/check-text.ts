// Looks through all tracked text for what must not be published: paths of the machine it was written on, and hosts
// that packages were fetched from.
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const binary = /\.(png|ico|woff2?|gz|zip|wasm|node)$/;

// `/home/ana` and the like are fine in examples; folders of root and of build machines are not.
const patterns: readonly { readonly find: RegExp; readonly what: string }[] = [
  { find: /(?<![\w.$}-])\/(?:root|work|workspace|builds|Users\/\w+)\/[\w.-]+/g, what: 'a path of one machine' },
  { find: /(?<![\w.$}-])\/tmp\/(?:fb|bash_jobs)\b/g, what: 'a path of one machine' },
  {
    find: /\b(?:registry\.(?:npmjs|yarnpkg)\.(?:org|com)|(?:[\w-]+\.)*(?:jfrog|artifactory|nexus)\.(?:com|dev|io|net|org))\b/g,
    what: 'a registry',
  },
  { find: /\bproxy\.golang\.org\b|\bsum\.golang\.org\b/g, what: 'a registry' },
  { find: /"resolved": "https?:[^"]*"/g, what: 'a resolved address in the lockfile' },
];

/** One line for each find: `file:line what text`. */
export function checkText(root: string, files: readonly string[], home = homedir()): string[] {
  // Where this checkout lies says nothing to anybody else either. Short roots would match too much.
  const own = [home, dirname(root)].filter((path) => path.split('/').length > 2);
  const found: string[] = [];
  for (const file of files) {
    if (binary.test(file)) continue;
    let text: string;
    try {
      text = readFileSync(join(root, file), 'utf8');
    } catch {
      continue;
    }
    if (text.includes('\0')) continue;
    for (const [i, line] of text.split('\n').entries()) {
      for (const { find, what } of patterns) {
        for (const match of line.matchAll(find)) found.push(`${file}:${i + 1} ${what}: ${match[0].slice(0, 100)}`);
      }
      for (const path of own)
        if (line.includes(`${path}/`)) found.push(`${file}:${i + 1} a path of this machine: ${path}`);
    }
  }
  return found;
}
