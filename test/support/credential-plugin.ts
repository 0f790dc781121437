// Exec credential plugins as real programs, and a runner for them.
import { readFileSync } from 'node:fs';
import {
  createExecRunner,
  type ExecRunner,
  type ExecRunnerDeps,
} from '../../src/kube/credentials/exec-plugin-runner.ts';
import type { ExecPlugin, KubeContext } from '../../src/kube/kubeconfig/context.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { nodeFiles } from '../../src/platform/files.ts';
import { nodeProcesses } from '../../src/platform/processes.ts';
import { clusterId } from '../../src/core/ids.ts';
import type { KubeHome } from './kube-home.ts';

export const execVersion = 'client.authentication.k8s.io/v1';

/** Writes a shell script; each run adds a line to the file `runs`. */
export function writePlugin(home: KubeHome, name: string, script: string): string {
  return home.write(name, `#!/bin/sh\necho "$$ $KUBERNETES_EXEC_INFO" >> ${home.path('runs')}\n${script}\n`, 0o700);
}

export const printToken = (token: string, more = ''): string =>
  `echo '{"kind":"ExecCredential","apiVersion":"${execVersion}","status":{"token":"${token}"${more}}}'`;

/** Process id and KUBERNETES_EXEC_INFO of each run so far. */
export function runsOf(home: KubeHome): readonly { readonly pid: number; readonly info: string }[] {
  try {
    return readFileSync(home.path('runs'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => ({ pid: Number(line.split(' ')[0]), info: line.slice(line.indexOf(' ') + 1) }));
  } catch {
    return [];
  }
}

export const execPlugin = (command: string, more: Partial<ExecPlugin> = {}): ExecPlugin => ({
  apiVersion: execVersion,
  command,
  rawCommand: command,
  args: [],
  env: [],
  installHint: null,
  provideClusterInfo: false,
  interactiveMode: 'Never',
  suspicious: false,
  ...more,
});

export const execContext = (plugin: ExecPlugin, more: Partial<KubeContext> = {}): KubeContext => ({
  name: 'dev',
  rawName: 'dev',
  cluster: clusterId('dev'),
  server: 'https://dev:6443',
  namespace: 'default',
  tls: { ca: null, serverName: null, insecure: false },
  proxy: null,
  auth: { type: 'exec', exec: plugin },
  user: 'dev',
  impersonate: null,
  file: '/k/config',
  disableCompression: false,
  ...more,
});

export const testRunner = (more: Partial<ExecRunnerDeps> = {}): ExecRunner =>
  createExecRunner({
    processes: nodeProcesses(),
    files: nodeFiles,
    clock: systemClock,
    random: () => 0,
    env: { PATH: process.env['PATH'] },
    cwd: '/',
    policy: { decide: () => Promise.resolve({ allowed: true }) },
    ...more,
  });
