import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findNode, isNewEnough, nodePackages, oldestNode } from '../../bin/find-node.js';

test('a version is compared number by number, not as text', () => {
  expect(isNewEnough('22.19.0')).toBe(true);
  expect(isNewEnough('22.9.0')).toBe(false);
  expect(isNewEnough('24.0.0')).toBe(true);
  expect(isNewEnough('20.20.2')).toBe(false);
});

test('the Node that is found is new enough', () => {
  const node = findNode();
  expect(node).toBeDefined();
  expect(isNewEnough(execFileSync(String(node), ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim())).toBe(
    true,
  );
});

test('every platform has a Node in the lockfile: with an integrity, without scripts, new enough', () => {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { version: string; integrity?: string; hasInstallScript?: boolean; optional?: boolean }>;
  };
  for (const name of Object.values(nodePackages)) {
    const entry = lock.packages[`node_modules/${name}`];
    expect(entry, name).toBeDefined();
    expect(entry?.integrity, name).toMatch(/^sha512-/);
    expect(entry?.hasInstallScript ?? false, name).toBe(false);
    expect(entry?.optional, name).toBe(true);
    expect(isNewEnough(String(entry?.version), oldestNode), name).toBe(true);
  }
});
