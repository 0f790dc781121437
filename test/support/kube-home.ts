// A home folder of its own for tests of kubeconfig, credentials and configuration.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type LoadedKubeconfig, loadKubeconfig } from '../../src/kube/kubeconfig/kubeconfig.ts';
import type { Environment } from '../../src/platform/environment.ts';
import { nodeFiles } from '../../src/platform/files.ts';

export interface KubeHome extends Disposable {
  readonly home: string;
  readonly work: string;
  path(...parts: string[]): string;
  /** Writes a file below the home and gives its path. */
  write(name: string, text: string | Buffer, mode?: number): string;
  load(options?: { env?: Environment; explicitPath?: string; serviceAccountRoot?: string }): Promise<LoadedKubeconfig>;
}

export function kubeHome(): KubeHome {
  const root = mkdtempSync(join(tmpdir(), 'flagbridge-home-'));
  const home = join(root, 'home');
  const work = join(root, 'work');
  mkdirSync(home);
  mkdirSync(work);
  return {
    home,
    work,
    path: (...parts) => join(home, ...parts),
    write(name, text, mode = 0o600) {
      const path = join(home, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      chmodSync(path, mode);
      return path;
    },
    load: ({ env = {}, ...more } = {}) => loadKubeconfig({ env, files: nodeFiles, cwd: work, home, ...more }),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** A kubeconfig with one cluster, user and context of the same name. */
export const oneContext = (
  name: string,
  user = '{token: t0ken}',
  cluster = `{server: "https://${name}:6443"}`,
): string =>
  [
    'apiVersion: v1',
    'kind: Config',
    `current-context: ${name}`,
    `clusters: [{name: ${name}, cluster: ${cluster}}]`,
    `users: [{name: ${name}, user: ${user}}]`,
    `contexts: [{name: ${name}, context: {cluster: ${name}, user: ${name}}}]`,
    '',
  ].join('\n');
