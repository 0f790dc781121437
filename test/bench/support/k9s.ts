// k9s as a peer, where `K9S=` names its binary: it shows one context, so it gets a kubeconfig with the first cluster alone,
// and a home of its own.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DemoCluster } from '../../../src/demo/protocol.ts';
import { kubeconfigOf, makeHome } from '../../support/run-cli.ts';
import { startOnPty, type Terminal } from './program.ts';

const binary = process.env['K9S'] ?? '';

/** How k9s is started over all pods of a cluster; `end` takes its home away. */
export type K9sStart = Disposable & {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
};

/** Null without a binary. */
export function k9sOver(cluster: DemoCluster | undefined): K9sStart | null {
  if (binary === '' || cluster === undefined) return null;
  const home = makeHome();
  const kubeconfig = home.write('kubeconfig', kubeconfigOf([cluster]));
  const config = join(home.path, 'k9s');
  mkdirSync(config);
  // Nothing leaves this machine: no look for a newer release.
  writeFileSync(join(config, 'config.yaml'), 'k9s:\n  skipLatestRevCheck: true\n');
  return {
    command: binary,
    args: [
      '--kubeconfig',
      kubeconfig,
      '--context',
      cluster.name,
      '--all-namespaces',
      '--command',
      'pods',
      '--logFile',
      join(home.path, 'k9s.log'),
    ],
    env: { HOME: home.path, K9S_CONFIG_DIR: config },
    [Symbol.dispose]: () => rmSync(home.path, { recursive: true, force: true }),
  };
}

/** A pod of the demo's generated clusters as k9s lists it. */
export const k9sShowsPods = /Running/;

/** Started and waited for: pods are listed. Null without a binary. */
export async function startK9s(cluster: DemoCluster | undefined): Promise<Terminal | null> {
  const start = k9sOver(cluster);
  if (start === null) return null;
  const terminal = startOnPty(start);
  await terminal.until((lines) => k9sShowsPods.test(lines.join('\n')), 'pods in k9s');
  return {
    ...terminal,
    async end() {
      await terminal.end();
      start[Symbol.dispose]();
    },
  };
}
