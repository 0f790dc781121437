// What kwok is told at its start: the lives of nodes and pods, and how its fake kubelets answer logs and exec.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { nodeStages } from './node-stages.ts';
import { podStages } from './pod-stages.ts';

const apiVersion = 'kwok.x-k8s.io/v1alpha1';

/**
 * The configuration file of kwok.
 * @param toolsDir where the build left kwok's own files for resource metrics
 * @param logFile what a pod without a log file of its own says; lines in the CRI format
 * @param execDir working directory of commands that are executed "in a pod" (they run on this machine)
 */
export function kwokConfig(toolsDir: string, logFile: string, execDir: string): string {
  const own = [
    ...nodeStages,
    ...podStages,
    {
      apiVersion,
      kind: 'ClusterLogs',
      metadata: { name: 'any-pod' },
      spec: { logs: [{ logsFile: logFile, previousLogsFile: logFile, follow: true }] },
    },
    {
      apiVersion,
      kind: 'ClusterExec',
      metadata: { name: 'any-pod' },
      spec: { execs: [{ local: { workDir: execDir } }] },
    },
  ].map((document) => stringify(document, { lineWidth: 0, version: '1.1' }));
  const metrics = ['metrics-resource', 'usage-from-annotation'].map((name) =>
    readFileSync(join(toolsDir, 'stages', `${name}.yaml`), 'utf8'),
  );
  return [...own, ...metrics].join('---\n');
}
