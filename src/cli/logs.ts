// `flagbridge logs kind/name`: the merged tail of a pod, workload or app over all clusters, as lines, as they came or
// as JSON. The engine merges, resumes and filters; this prints what is new.
import { duration } from '../core/format.ts';
import type { ClusterId } from '../core/ids.ts';
import type { LogLine, LogSelector, LogWindow } from '../core/log-line.ts';
import type { Scope } from '../core/query.ts';
import type { Row } from '../core/row.ts';
import type { Engine } from '../protocol/engine.ts';
import { exitCodes } from './arguments.ts';
import type { Output } from './output.ts';
import { readRows } from './read-rows.ts';
import { missing, settle } from './settle.ts';

export type LogsOptions = {
  readonly scope: Scope;
  readonly kind: string;
  readonly name: string;
  readonly container: string | null;
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tail: number | null;
  readonly sinceMs: number | null;
  readonly filter: string;
  readonly format: 'text' | 'raw' | 'json';
  readonly timeoutMs: number;
  /** Ends a follow: Ctrl-C. */
  readonly signal: AbortSignal;
};

/** Lines asked for at once; the engine keeps the rest. */
const page = 5000;
/** Lines are put in order for a moment before they are shown: after the last stream has ended they all are. */
const settledMs = 500;

export async function logs(engine: Engine, output: Output, options: LogsOptions): Promise<number> {
  const settled = await settle(engine, options.timeoutMs);
  const gaps = missing(settled, options.timeoutMs, Date.now());
  for (const gap of gaps) output.note(gap);
  const names = new Map(settled.fleet.clusters.map((c) => [c.id, c.name] as const));
  const selectors = await find(engine, options);
  if (selectors.length === 0) {
    output.note(`${options.kind}/${options.name}: not found in ${settled.fleet.coverage.live} live clusters`);
    return gaps.length > 0 ? exitCodes.partial : exitCodes.failed;
  }
  const print = printer(output, options, (id) => names.get(id) ?? id);
  const whole = await Promise.all(selectors.map((selector) => stream(engine, selector, options, print)));
  const isCut = whole.includes(false);
  if (isCut)
    output.note(`${options.kind}/${options.name}: no more lines within ${duration(options.timeoutMs)} (--timeout)`);
  return gaps.length > 0 || isCut ? exitCodes.partial : exitCodes.done;
}

const podWords = new Set(['pod', 'pods', 'po']);

/** What to follow: an app by its name, pods by theirs, else every workload of that kind and name. */
async function find(engine: Engine, options: LogsOptions): Promise<LogSelector[]> {
  const { kind, name, scope } = options;
  if (kind === 'app') {
    const { rows } = await readRows(engine, 'workloads', scope);
    return rows.some((row) => row.app === name)
      ? [{ of: 'app', app: name, namespace: scope.namespaces[0] ?? null }]
      : [];
  }
  if (podWords.has(kind.toLowerCase())) {
    const { rows } = await readRows(engine, 'pods', scope);
    return rows.flatMap((row) =>
      row.ref && row.name === name ? [podSelector(row, row.ref.cluster, options.container)] : [],
    );
  }
  const { rows } = await readRows(engine, 'workloads', scope);
  return rows.flatMap((row) =>
    row.ref && row.name === name && sameKind(row.ref.kind, row.ref.type.resource, kind)
      ? [
          {
            of: 'owner' as const,
            cluster: row.ref.cluster,
            uid: row.ref.uid,
            title: `${row.ref.kind} ${row.namespace}/${name}`,
          },
        ]
      : [],
  );
}

const podSelector = (row: Row, cluster: ClusterId, container: string | null): LogSelector => ({
  of: 'pod',
  cluster,
  namespace: row.namespace,
  name: row.name,
  uid: row.ref?.uid ?? '',
  container,
});

const shortKinds: Readonly<Record<string, string>> = {
  deploy: 'deployments',
  sts: 'statefulsets',
  ds: 'daemonsets',
  rs: 'replicasets',
  cj: 'cronjobs',
};

function sameKind(kind: string, resource: string, word: string): boolean {
  const w = word.toLowerCase().split('.')[0] ?? '';
  return w === kind.toLowerCase() || w === resource || shortKinds[w] === resource;
}

type Print = (line: LogLine) => void;

/** Follows one selector until the signal; without --follow to the end of what is there. False: not all of it came in time. */
function stream(engine: Engine, selector: LogSelector, options: LogsOptions, print: Print): Promise<boolean> {
  return new Promise((resolve) => {
    let next = 0;
    // By name and not by place: a late line takes its place among those that were printed, and moves them on.
    let printed: ReadonlySet<number> = new Set();
    let hasStarted = false;
    let timer: NodeJS.Timeout | undefined;
    const view = (from: number) => ({ filter: options.filter, minLevel: 'all' as const, anchor: from, limit: page });
    const onWindow = (window: LogWindow): void => {
      for (const line of window.lines) if (!printed.has(line.id)) print(line);
      printed = new Set(window.lines.map((line) => line.id));
      const reached = Math.max(next, window.offset + window.lines.length);
      const isNews = reached > next;
      if (isNews) {
        next = reached;
        live.change(view(next));
      }
      hasStarted ||= window.wantedStreams > 0 || window.kept > 0;
      if (options.follow) return;
      if (hasStarted && window.wantedStreams === 0) wait(settledMs, true);
      else if (isNews || timer === undefined) wait(options.timeoutMs, false);
    };
    const live = engine.logs(
      selector,
      {
        previous: options.previous,
        follow: options.follow,
        tail: options.tail,
        sinceSeconds: options.sinceMs === null ? null : Math.max(1, Math.ceil(options.sinceMs / 1000)),
      },
      view(0),
      onWindow,
    );
    function wait(ms: number, isWhole: boolean): void {
      clearTimeout(timer);
      timer = setTimeout(() => end(isWhole), ms);
    }
    const onAbort = (): void => end(true);
    function end(isWhole: boolean): void {
      clearTimeout(timer);
      options.signal.removeEventListener('abort', onAbort);
      live[Symbol.dispose]();
      resolve(isWhole);
    }
    options.signal.addEventListener('abort', onAbort, { once: true });
    if (options.signal.aborted) end(true);
    else if (!options.follow && timer === undefined) wait(options.timeoutMs, false);
  });
}

function printer(output: Output, options: LogsOptions, clusterName: (id: ClusterId) => string): Print {
  if (options.format === 'json') {
    // Places and names of lines mean something to a view only.
    return ({ index: _place, id: _name, ...line }) =>
      output.line(
        JSON.stringify({
          ...line,
          cluster: clusterName(line.cluster),
          time: line.time === null ? null : new Date(line.time).toISOString(),
        }),
      );
  }
  return (line) => {
    if (line.type === 'mark') {
      // That a stream began is no news in a list of lines; that one ended, or may lack something, is.
      if (line.mark === 'joined' && line.text === '') return;
      const words = line.text === '' ? line.mark : `${line.mark}: ${line.text}`;
      output.note(`${clusterName(line.cluster)} ${line.pod} ${words}`);
      return;
    }
    const stamp = options.timestamps && line.time !== null ? `${new Date(line.time).toISOString()} ` : '';
    output.line(
      options.format === 'raw'
        ? stamp + line.text
        : `${clusterName(line.cluster)} ${line.pod} ${line.container} ${stamp}${line.text}`,
    );
  };
}
