// The command line: what was asked for, as data, or the words and the exit code that answer a wrong one. Global flags
// stand before or after the command.
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { SwitchTo } from '../core/action.ts';
import { parseDuration } from '../core/format.ts';
import { nearest } from '../core/near.ts';
import { type GetTarget, readTargets } from './get-targets.ts';

/** Flags that every command understands. */
export type GlobalFlags = {
  readonly kubeconfig: string | null;
  /** Names or globs of clusters or contexts; empty: all. */
  readonly clusters: readonly string[];
  readonly namespace: string | null;
  readonly allNamespaces: boolean;
  readonly readOnly: boolean;
  readonly config: string | null;
  readonly logFile: string | null;
  readonly output: string | null;
  /** Milliseconds. */
  readonly timeoutMs: number;
  readonly metricsAddr: string | null;
};

export type Invocation = { readonly flags: GlobalFlags } & (
  | {
      readonly command: 'screen';
      readonly demo: boolean;
      readonly scope: string;
      readonly deck: string | null;
      readonly line: string | null;
      readonly ascii: boolean;
      readonly theme: string | null;
    }
  | { readonly command: 'triage' }
  | {
      readonly command: 'get';
      readonly targets: readonly GetTarget[];
      readonly selector: string | null;
    }
  | { readonly command: 'clusters' }
  | {
      readonly command: 'logs';
      readonly kind: string;
      readonly name: string;
      readonly container: string | null;
      readonly follow: boolean;
      readonly previous: boolean;
      readonly timestamps: boolean;
      readonly tail: number | null;
      readonly sinceMs: number | null;
      readonly filter: string;
    }
  | { readonly command: 'doctor' }
  | ({ readonly command: 'scale'; readonly replicas: number } & WriteFlags)
  | ({ readonly command: 'rollback'; readonly revision: number | null } & WriteFlags)
  | ({ readonly command: 'restart' } & WriteFlags)
  | ({ readonly command: 'switch'; readonly to: SwitchTo } & WriteFlags)
);

/** What every command that writes understands. */
export type WriteFlags = {
  readonly kind: string;
  readonly name: string;
  readonly isDryRun: boolean;
  /** Confirms tiers 1 and 2 of unprotected clusters. */
  readonly isYes: boolean;
  /** `CLUSTER/NAME`, each confirms one object. */
  readonly confirms: readonly string[];
  readonly reason: string;
  /** Stays until it is done and stayed done. */
  readonly waits: boolean;
};

/** Either what to do, or text to print and how to end. */
export type Parsed =
  | { readonly ok: true; readonly invocation: Invocation }
  | { readonly ok: false; readonly exitCode: number; readonly text: string };

export const exitCodes = { done: 0, failed: 1, usage: 2, partial: 3, notConfirmed: 4 } as const;

/** Reads the words behind the program's name. Never throws and never prints. */
export function parseArguments(args: readonly string[], version: string): Parsed {
  let invocation: Invocation | undefined;
  let out = '';
  const program = describe(version, (given) => {
    invocation = given;
  });
  for (const each of [program, ...program.commands]) {
    each.exitOverride().configureOutput({
      writeOut: (text) => {
        out += text;
      },
      writeErr: (text) => {
        out += text;
      },
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  }
  try {
    program.parse([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { ok: false, exitCode: 0, text: out };
    const words = out.trim().replace(/^error: /, 'flagbridge: ');
    return { ok: false, exitCode: exitCodes.usage, text: `${words}\nflagbridge --help lists commands and flags.\n` };
  }
  if (!invocation) return { ok: false, exitCode: exitCodes.usage, text: 'flagbridge: nothing to do\n' };
  return { ok: true, invocation };
}

const defaultTimeoutMs = 10_000;

type Take = (invocation: Invocation) => void;

function describe(version: string, take: Take): Command {
  const program = new Command('flagbridge')
    .description('One terminal for every Kubernetes cluster at once. Without a command it opens the screen.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .showSuggestionAfterError(true)
    .argument('[scope...]', 'what the screen opens with: cluster:run-eu ns:shop cart')
    .option('--deck <name>', 'deck that the screen opens with')
    .option('-c, --command <line>', "palette line to run at the start: 'po -A'")
    .option('--ascii', 'glyphs of ASCII only')
    .addOption(new Option('--theme <name>', 'colours of the screen').choices(['auto', 'dark', 'light', 'contrast']));
  addGlobals(program);
  const flags = (): GlobalFlags => readGlobals(program);
  const screen = (demo: boolean, scope: string): Invocation => {
    const given = program.opts<Record<string, unknown>>();
    return {
      command: 'screen',
      demo,
      scope,
      deck: textOf(given['deck']),
      line: textOf(given['command']),
      ascii: given['ascii'] === true,
      theme: textOf(given['theme']),
      flags: flags(),
    };
  };
  program.action((scope: string[]) => {
    const [first] = scope;
    // A lone word that is no scope term is far more often a mistyped command.
    if (scope.length === 1 && first !== undefined && /^[a-z][a-z-]*$/.test(first)) {
      const near = nearest(
        first,
        program.commands.map((c) => c.name()),
      );
      const meant = near === null ? '' : ` (did you mean ${near}?)`;
      program.error(
        `error: unknown command '${first}'${meant}; as a scope of the screen write app:${first}, or '"${first}"' for any row with the word`,
        { exitCode: 2 },
      );
    }
    take(screen(false, scope.join(' ')));
  });
  // The flags of the screen are read wherever they stand: beside a command they would do nothing, and say nothing.
  program.hook('preAction', (_, asked) => {
    const command = asked.name();
    if (asked === program || command === 'demo') return;
    const given = program.opts<Record<string, unknown>>();
    const flag = given['command'] !== undefined ? '-c' : given['deck'] !== undefined ? '--deck' : null;
    if (flag === null) return;
    const instead = flag === '-c' && command === 'logs' ? '; a container is named by --container' : '';
    program.error(`error: ${flag} is for the screen, not for ${command}${instead}`, { exitCode: 2 });
  });
  program
    .command('demo')
    .description('open the screen on an embedded fleet that plays an incident')
    .action(() => take(screen(true, '')));
  program
    .command('triage')
    .description('what is wrong in the fleet, worst first')
    .action(() => take({ command: 'triage', flags: flags() }));
  program
    .command('get')
    .description('objects of any kind from every cluster')
    .argument('<kind>', 'kind, plural, short name or resource.group; several as po,svc; or KIND/NAME')
    .argument('[name...]', 'names, or more KIND/NAME; all when none is given')
    .option('-l, --selector <labels>', 'label selector')
    .action((first: string, more: string[], given: { selector?: string }) => {
      const targets = readTargets(first, more);
      if (typeof targets === 'string') return program.error(`error: ${targets}`, { exitCode: 2 });
      return take({ command: 'get', targets, selector: given.selector ?? null, flags: flags() });
    });
  program
    .command('clusters')
    .description('every cluster with its connection, version and what is denied')
    .action(() => take({ command: 'clusters', flags: flags() }));
  program
    .command('logs')
    .description('merged logs of a pod, workload or app over all clusters')
    .argument('<kind/name>', 'pod/NAME, deploy/NAME, app/NAME …', readTarget)
    .option('-f, --follow', 'go on with new lines')
    .option('-p, --previous', 'of the instance before the current one')
    .option('-t, --timestamps', 'with the time of each line')
    .option('--container <name>', 'one container only')
    .option('--tail <lines>', 'newest lines of each stream', readCount)
    .option('--since <duration>', 'not older than this: 5s, 2m, 1h', readDuration)
    .option('--filter <terms>', "only lines that match, in the screen's filter grammar", '')
    .action((target: Target, given: LogFlags) =>
      take({
        command: 'logs',
        kind: target.kind,
        name: target.name,
        container: given.container ?? null,
        follow: given.follow ?? false,
        previous: given.previous ?? false,
        timestamps: given.timestamps ?? false,
        tail: given.tail ?? null,
        sinceMs: given.since ?? null,
        filter: given.filter,
        flags: flags(),
      }),
    );
  program
    .command('doctor')
    .description('checks kubeconfig, credentials, connections, permissions and terminal; each finding with its remedy')
    .action(() => take({ command: 'doctor', flags: flags() }));
  describeWrites(program, take, flags);
  return program;
}

/** Commands that change something. */
function describeWrites(program: Command, take: Take, flags: () => GlobalFlags): void {
  const writes = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .argument('<kind/name>', 'deploy/cart, sts/db …', readTarget)
      .option('--dry-run', 'ask the server what would become of it, and change nothing')
      .option('-y, --yes', 'confirm what can be taken back, outside of protected clusters')
      .option('--confirm <cluster/name>', 'confirm exactly this object; repeatable', collectAll)
      .option('--reason <text>', 'why, for the journal; asked for in protected clusters')
      .option('--wait', 'stay until it is done and stayed done');
  writes('scale', 'set the number of replicas')
    .argument('<replicas>', 'how many', readCount)
    .action((target: Target, replicas: number, given: GivenWriteFlags) =>
      take({ command: 'scale', replicas, ...writeFlags(target, given), flags: flags() }),
    );
  writes('rollback', 'put the pod template of an earlier revision back')
    .option('--to-revision <number>', 'this one; without it the one before', readCount)
    .action((target: Target, given: GivenWriteFlags & { toRevision?: number }) =>
      take({ command: 'rollback', revision: given.toRevision ?? null, ...writeFlags(target, given), flags: flags() }),
    );
  const switches: readonly (readonly [SwitchTo, string])[] = [
    ['pause', 'hold the rollout of a Deployment, suspend a CronJob'],
    ['resume', 'let a rollout or a CronJob go on'],
    ['cordon', 'let no new pods come to a node'],
    ['uncordon', 'let pods come to a node again'],
  ];
  for (const [to, description] of switches)
    writes(to, description).action((target: Target, given: GivenWriteFlags) =>
      take({ command: 'switch', to, ...writeFlags(target, given), flags: flags() }),
    );
  writes('restart', 'make every pod anew, a few at a time').action((target: Target, given: GivenWriteFlags) =>
    take({ command: 'restart', ...writeFlags(target, given), flags: flags() }),
  );
}

type GivenWriteFlags = {
  dryRun?: boolean;
  yes?: boolean;
  confirm?: readonly string[];
  reason?: string;
  wait?: boolean;
};

const writeFlags = ({ kind, name }: Target, given: GivenWriteFlags): WriteFlags => ({
  kind,
  name,
  isDryRun: given.dryRun ?? false,
  isYes: given.yes ?? false,
  confirms: given.confirm ?? [],
  reason: given.reason ?? '',
  waits: given.wait ?? false,
});

/** Every value of a flag that may be repeated. */
const collectAll = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

type LogFlags = {
  follow?: boolean;
  previous?: boolean;
  timestamps?: boolean;
  container?: string;
  tail?: number;
  since?: number;
  filter: string;
};

function addGlobals(program: Command): void {
  const collect = (value: string, before: readonly string[] = []): readonly string[] => [
    ...before,
    ...value.split(',').filter((v) => v !== ''),
  ];
  program
    .option('--kubeconfig <file>', 'this kubeconfig instead of $KUBECONFIG and ~/.kube/config')
    .option('--cluster <name>', 'only clusters of this name or glob; repeatable', collect)
    .option('--context <name>', 'the same as --cluster', collect)
    .option('-n, --namespace <name>', 'only this namespace')
    .option('-A, --all-namespaces', 'all namespaces: for get, and for the screen in place of its last scope')
    .option('--read-only', 'nothing but reads leaves this program')
    .option('--config <file>', 'this config file')
    .option('--log-file <file>', 'write a debug log, without secrets')
    .option('-o, --output <format>', 'json, yaml, name or wide; raw for logs')
    .option('--json', 'the same as -o json')
    .addOption(
      new Option('--timeout <duration>', 'longest wait for a cluster: 5s, 2m; a bare number is seconds')
        .argParser(readDuration)
        .default(defaultTimeoutMs, '10s'),
    )
    .option('--metrics-addr <address>', "serve Flagbridge's own metrics on this loopback address: 127.0.0.1:9464");
}

function readGlobals(program: Command): GlobalFlags {
  const given = program.opts<Record<string, unknown>>();
  const names = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
  return {
    kubeconfig: textOf(given['kubeconfig']),
    clusters: [...names(given['cluster']), ...names(given['context'])],
    namespace: textOf(given['namespace']),
    allNamespaces: given['allNamespaces'] === true,
    readOnly: given['readOnly'] === true,
    config: textOf(given['config']),
    logFile: textOf(given['logFile']),
    output: given['json'] === true ? 'json' : textOf(given['output']),
    timeoutMs: typeof given['timeout'] === 'number' ? given['timeout'] : defaultTimeoutMs,
    metricsAddr: textOf(given['metricsAddr']),
  };
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function readDuration(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('write a duration such as 5s, 2m or 1h30m.');
  return ms;
}

function readCount(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('write a whole number.');
  return Number(text);
}

type Target = { readonly kind: string; readonly name: string };

function readTarget(text: string): Target {
  const [kind, name, ...more] = text.split('/');
  if (!kind || !name || more.length > 0) {
    throw new InvalidArgumentError('write kind/name: pod/cart-x2v8k, deploy/cart or app/cart.');
  }
  return { kind, name };
}
