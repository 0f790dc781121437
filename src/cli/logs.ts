// `flagbridge logs kind/name`: the merged tail of a pod, workload or app over all clusters, as lines, as they came or
// as JSON. The engine merges, resumes and filters; this prints what is new.
import { duration } from '../core/format.ts';
import type { ClusterId } from '../core/ids.ts';
import type { LogLine, LogSelector, LogWindow } from '../core/log-line.ts';
import type { Scope } from '../core/query.ts';
import type { Engine } from '../protocol/engine.ts';
import { exitCodes } from './arguments.ts';
import { findLogs } from './log-targets.ts';
import type { Output } from './output.ts';
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
  const { clusters } = settled.fleet;
  const { selectors, unlisted, isAbout } = await findLogs(engine, clusters, options);
  const gaps = [
    ...missing(settled, options.timeoutMs, Date.now(), isAbout),
    ...unlisted.flatMap(({ isSure, words }) => (isSure ? [] : [words])),
  ];
  for (const gap of gaps) output.note(gap);
  const names = new Map(clusters.map((c) => [c.id, c.name] as const));
  const [first, ...also] = selectors;
  const target = `${options.kind}/${options.name}`;
  if (first === undefined) {
    const without = new Set(unlisted.map(({ cluster }) => cluster));
    const live = clusters.filter(({ id, state }) => state.phase === 'live' && !without.has(id)).length;
    output.note(`${target}: not found${live === 0 && without.size > 0 ? '' : ` in ${live} live clusters`}`);
    for (const { isSure, words } of unlisted) if (isSure) output.note(words);
    return gaps.length > 0 ? exitCodes.partial : exitCodes.failed;
  }
  const print = printer(output, options, (id) => names.get(id) ?? id);
  const read = await stream(engine, first, also, options, output, print);
  if (read.isCut) output.note(`${target}: no more lines within ${duration(options.timeoutMs)} (--timeout)`);
  else if (!read.hasStreams && options.container !== null) {
    output.note(`${target}: no pod has a container ${options.container}`);
    return exitCodes.failed;
  } else if (!read.hasStreams) output.note(`${target}: no container to read`);
  // A log that was refused is a refusal if there was nothing else, else a part that is missing.
  if (read.failures > 0 && read.lines === 0) return exitCodes.failed;
  return gaps.length > 0 || read.isCut || read.failures > 0 ? exitCodes.partial : exitCodes.done;
}

type Print = (line: LogLine) => void;

/** What came of it: lines and refusals that were printed, whether there was anything to read, whether it ended in time. */
type Read = { lines: number; failures: number; hasStreams: boolean; isCut: boolean };

/** Follows until the signal; without --follow to the end of what is there. */
function stream(
  engine: Engine,
  selector: LogSelector,
  also: readonly LogSelector[],
  options: LogsOptions,
  output: Output,
  print: Print,
): Promise<Read> {
  return new Promise((resolve) => {
    const read: Read = { lines: 0, failures: 0, hasStreams: false, isCut: false };
    let next = 0;
    let writing = 0;
    let isOver = false;
    let last: LogWindow | null = null;
    let timer: NodeJS.Timeout | undefined;
    const view = (from: number) => ({ filter: options.filter, minLevel: 'all' as const, anchor: from, limit: page });
    const onWindow = (window: LogWindow): void => {
      last = window;
      // That it was opened is a mark, and that is kept: also a log without a line counts.
      read.hasStreams ||= window.streams + window.polled > 0 || window.kept > 0;
      const fresh = window.lines.slice(Math.max(0, next - window.offset));
      for (const line of fresh) {
        // That a stream began is no news in a list of lines; that one ended, is only polled or may lack something, is.
        if (line.type === 'line' || line.mark !== 'joined' || (options.follow && line.text !== '')) print(line);
        if (line.type === 'line') read.lines++;
        else if (line.mark === 'error' || line.mark === 'denied') read.failures++;
      }
      if (fresh.length > 0) {
        next = window.offset + window.lines.length;
        void goOn();
      } else if (writing === 0) waitForMore();
    };
    /** What has not left yet counts as unread: a slow reader holds the containers up, and fills no memory. */
    const goOn = async (): Promise<void> => {
      clearTimeout(timer);
      timer = undefined;
      writing++;
      await output.flush();
      writing--;
      if (isOver) return;
      live.change(view(next));
      if (writing === 0) waitForMore();
    };
    /** Without --follow: until all is over and read, or nothing comes for long. */
    const waitForMore = (): void => {
      if (options.follow || last === null) return;
      if (last.wantedStreams > 0) {
        if (timer === undefined) wait(options.timeoutMs, true);
      } else if (next >= last.matched) wait(settledMs, false);
    };
    const live = engine.logs(
      selector,
      {
        previous: options.previous,
        follow: options.follow,
        tail: options.tail,
        sinceSeconds: options.sinceMs === null ? null : Math.max(1, Math.ceil(options.sinceMs / 1000)),
        place: 'arrival',
        also,
        container: options.container,
        isRaw: true,
      },
      view(0),
      onWindow,
    );
    function wait(ms: number, isCut: boolean): void {
      clearTimeout(timer);
      timer = setTimeout(() => end(isCut), ms);
    }
    const onAbort = (): void => end(false);
    function end(isCut: boolean): void {
      isOver = true;
      clearTimeout(timer);
      options.signal.removeEventListener('abort', onAbort);
      live[Symbol.dispose]();
      resolve({ ...read, isCut });
    }
    options.signal.addEventListener('abort', onAbort, { once: true });
    if (options.signal.aborted) end(false);
    else if (!options.follow && timer === undefined) wait(options.timeoutMs, true);
  });
}

function printer(output: Output, options: LogsOptions, clusterName: (id: ClusterId) => string): Print {
  if (options.format === 'json') {
    return (line) =>
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
