// `flagbridge doctor`: looks at everything between the user and the clusters and says what is wrong, with its remedy.
import { engineOptions } from '../../app/engine-options.ts';
import { nothingToAsk, type Sources } from '../../app/sources.ts';
import type { ClusterSummary } from '../../core/cluster.ts';
import { cell } from '../../core/sanitise.ts';
import { environmentFindings } from '../../kube/transport/tls-environment.ts';
import { nodeProcesses } from '../../platform/processes.ts';
import { exitCodes, type GlobalFlags } from '../arguments.ts';
import type { Output } from '../output.ts';
import { settle } from '../settle.ts';
import { programVersion } from '../version.ts';
import { type DoctorFinding, ok } from './finding.ts';
import { clusterFindings } from './fleet.ts';
import { askRights, rightsFindings } from './rights.ts';
import { terminalFindings, tmuxOptions } from './terminal.ts';

/** Prints the findings, worst last where the eye rests; exit code 0 even with findings, 3 when a cluster was not reached. */
export async function doctor(sources: Sources, flags: GlobalFlags, output: Output): Promise<number> {
  const local = [...programFindings(sources), ...(await terminal(sources))];
  const nothing = nothingToAsk(sources, flags);
  const fleet =
    nothing === null
      ? await fleetFindings(sources, flags)
      : {
          findings: [{ area: 'kubeconfig' as const, severity: 'fail' as const, what: nothing, remedy: null }],
          isPartial: false,
        };
  const findings = [...local, ...fleet.findings].sort((a, b) => rank[a.severity] - rank[b.severity]);
  if (flags.output === 'json') {
    output.line(JSON.stringify({ apiVersion: 'flagbridge/v1', kind: 'FindingList', items: findings }, null, 2));
  } else {
    for (const { severity, area, what, remedy } of findings) {
      output.line(`${words[severity].padEnd(4)}  ${area.padEnd(11)}  ${what}`);
      // Below the finding and not beside it: both may be long, and a remedy is there to be copied.
      if (remedy !== null) output.line(`${' '.repeat(19)}→ ${remedy}`);
    }
  }
  await output.flush();
  return fleet.isPartial ? exitCodes.partial : exitCodes.done;
}

const rank: Readonly<Record<DoctorFinding['severity'], number>> = { ok: 0, info: 1, warn: 2, fail: 3 };
const words: Readonly<Record<DoctorFinding['severity'], string>> = {
  ok: 'ok',
  info: 'info',
  warn: 'WARN',
  fail: 'FAIL',
};

function programFindings({ env, config, configPath, kubeconfig, pluginPolicy, state }: Sources): DoctorFinding[] {
  const found: DoctorFinding[] = [ok('program', `flagbridge ${programVersion} on Node ${process.versions.node}`)];
  for (const { severity, what, next } of environmentFindings(env)) {
    found.push({ area: 'program', severity: severity === 'refuse' ? 'fail' : 'warn', what, remedy: next });
  }
  found.push(
    ok(
      'config',
      configPath === null
        ? 'no config file: defaults are used'
        : `${cell(configPath)}: ${config.clusters.length} cluster rules`,
    ),
  );
  if (state.trouble !== null)
    found.push({
      area: 'config',
      severity: 'warn',
      what: `nothing is remembered: ${state.trouble}`,
      remedy: 'make the folder writable, or live without',
    });
  if (kubeconfig.mode === 'service-account') found.push(ok('kubeconfig', 'the service account of this pod'));
  for (const source of kubeconfig.sources) found.push(ok('kubeconfig', cell(source)));
  for (const { severity, file, what, next } of [...kubeconfig.problems, ...pluginPolicy.problems])
    found.push({ area: 'kubeconfig', severity, what: cell(`${file}: ${what}`), remedy: cell(next) });
  return found;
}

async function terminal({ env, cwd }: Sources): Promise<DoctorFinding[]> {
  const tmux = env['TMUX'] ? await readTmux(env, cwd) : null;
  return terminalFindings({
    env,
    stdoutIsTerminal: process.stdout.isTTY === true,
    stdinIsTerminal: process.stdin.isTTY === true,
    columns: process.stdout.columns ?? 0,
    rows: process.stdout.rows ?? 0,
    tmux,
  });
}

/** The tmux options that matter; null when tmux does not answer. */
async function readTmux(env: Sources['env'], cwd: string): Promise<Readonly<Record<string, string>> | null> {
  const processes = nodeProcesses();
  const read = async (option: string): Promise<readonly [string, string] | null> => {
    const run = await processes.run({
      command: 'tmux',
      args: ['show-options', '-gqv', option],
      env,
      cwd,
      timeoutMs: 2000,
      maxStdoutBytes: 4096,
      maxStderrBytes: 0,
    });
    return run.ended === 'exit' && run.code === 0 ? [option, cell(run.stdout.toString('utf8').trim())] : null;
  };
  const found = (await Promise.all(tmuxOptions.map(read))).filter((entry) => entry !== null);
  return found.length === 0 ? null : Object.fromEntries(found);
}

async function fleetFindings(
  sources: Sources,
  flags: GlobalFlags,
): Promise<{ readonly findings: DoctorFinding[]; readonly isPartial: boolean }> {
  const { createEngine } = await import('../../engine/create-engine.ts');
  using engine = createEngine(await engineOptions(sources, { flags, parks: false }));
  using rights = askRights(engine);
  const end = Date.now() + flags.timeoutMs;
  const { fleet } = await settle(engine, flags.timeoutMs);
  const now = Date.now();
  const said = await rights.all(Math.max(leastForRightsMs, end - now));
  return {
    findings: fleet.clusters.flatMap((cluster) => [
      ...clusterFindings(cluster, now, sources.pluginPolicy.problems),
      ...rightsFindings(cluster, said.get(cluster.id) ?? null),
    ]),
    isPartial: fleet.clusters.some(isUnread),
  };
}

/** Dead clusters may use up the time; those that answer at its end still get a moment for their reviews. */
const leastForRightsMs = 500;

const isUnread = ({ state: { phase } }: ClusterSummary): boolean => phase !== 'live';
