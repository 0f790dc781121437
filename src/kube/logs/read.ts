// One log request: from the query to the last byte, with the lines that were shown before taken out.
import { type Clock, pause } from '../../platform/clock.ts';
import { ApiError } from '../api-error.ts';
import { apiPath, query } from '../api-path.ts';
import { errorOf } from '../api-status.ts';
import { collect } from '../transport/body.ts';
import { splitLines } from '../decode/lines.ts';
import type { Flow } from './flow.ts';
import { isKubeletFailure, type LogText, newStampReader, type StampedLine } from './line.ts';
import type { LogPosition } from './position.ts';
import type { LogTimes } from './times.ts';
import type { Session } from '../session/contract.ts';

export type ReadLogOptions = {
  readonly session: Session;
  readonly address: { readonly namespace: string; readonly pod: string; readonly container: string | null };
  readonly follow: boolean;
  /** Nobody reads on from here: what stands at the end without a line feed is all there will be of its line. */
  readonly isLast: boolean;
  readonly previous: boolean;
  readonly tailLines: number | null;
  readonly sinceSeconds: number | null;
  readonly position: LogPosition;
  readonly flow: Flow;
  onLine(line: LogText): void;
  onDropped(bytes: number): void;
  onOpen(): void;
  isAnotherInstance(): Promise<boolean>;
  onGap(): void;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly times: LogTimes;
};

export type ReadEnd =
  /** The server ended the log in good order. */
  | { readonly how: 'ended' }
  /** The pod has no node yet. */
  | { readonly how: 'not-started' }
  /** The lines are those of another instance than the one that was read before. */
  | { readonly how: 'other-instance' }
  | { readonly how: 'refused'; readonly error: ApiError }
  | { readonly how: 'broken'; readonly error: ApiError };

/** The longest line that is shown; the kubelet joins parts of 16 KB without a limit. */
const longestLine = 1 << 20;
/** Lines that are held at most while it is unclear whether they are new. */
const mostHeld = 2_000;

const pods = { group: '', version: 'v1', resource: 'pods' } as const;

export async function readLog(options: ReadLogOptions): Promise<ReadEnd> {
  const { position, signal } = options;
  const since = position.since;
  const stop = new AbortController();
  const onAbort = (): void => stop.abort();
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    const path = apiPath({
      ...pods,
      namespace: options.address.namespace,
      name: options.address.pod,
      subresource: 'log',
    });
    const parameters = {
      container: options.address.container ?? undefined,
      follow: options.follow || undefined,
      previous: options.previous || undefined,
      timestamps: true,
      // Whole seconds: the server cuts fractions off anyhow.
      ...(since !== null
        ? { sinceTime: `${new Date(since * 1000).toISOString().slice(0, 19)}Z` }
        : { tailLines: options.tailLines ?? undefined, sinceSeconds: options.sinceSeconds ?? undefined }),
    };
    const response = await options.session.request({
      path: `${path}${query(parameters)}`,
      headers: { accept: '*/*' },
      lane: 'bulk',
      timeoutMs: 0,
      signal: stop.signal,
    });
    if (response.status === 204) return { how: 'not-started' };
    if (response.status >= 300) {
      const asked = `log of ${options.address.pod}`;
      const body = (await collect(response.body, 1 << 20, asked)).toString('utf8');
      const error = errorOf({ ...response, body, asked });
      return error.code >= 500 || error.code === 429 ? { how: 'broken', error } : { how: 'refused', error };
    }
    options.onOpen();
    return await readBody(response.body, options, since !== null, stop);
  } catch (error) {
    if (error instanceof ApiError) return { how: 'broken', error };
    throw error;
  } finally {
    stop.abort();
    signal.removeEventListener('abort', onAbort);
  }
}

type Held = { readonly line: StampedLine; readonly time: string | null; readonly bytes: Buffer };

async function readBody(
  body: AsyncIterable<Buffer>,
  options: ReadLogOptions,
  isResumed: boolean,
  stop: AbortController,
): Promise<ReadEnd> {
  const { position, flow, clock, times, signal } = options;
  const readStamp = newStampReader();
  let held: Held[] = [];
  let failure: ApiError | null = null;
  let isOther = false;
  if (isResumed) position.resume();

  const show = (line: StampedLine, time: string | null, bytes: Buffer): void => {
    position.shown(line.second, line.hash);
    options.onLine({ time, bytes });
  };

  const splitter = splitLines(
    (buffer, start, end) => {
      const line = readStamp(buffer, start, end);
      const bytes = buffer.subarray(line.textStart, end);
      if (line.time === null && bytes.length < 500 && isKubeletFailure(line, bytes.toString('latin1'))) {
        failure = new ApiError('protocol', bytes.toString('utf8'));
        return;
      }
      if (!isResumed) return show(line, line.time, bytes);
      // Going back by whole seconds may land between the parts of a long line; its late parts have no time, and were shown.
      if (line.time === null) return position.judge(line.hash) === 'new' ? show(line, null, bytes) : undefined;
      switch (position.judge(line.hash)) {
        case 'seen':
          // What was held stands before a line that was shown, so it was shown too, in another form.
          held = [];
          return;
        case 'new':
          return show(line, line.time, bytes);
        case 'unsure':
          held.push({ line, time: line.time, bytes: Buffer.from(bytes) });
      }
    },
    { maxBytes: longestLine, onLong: options.onDropped },
  );

  /** No line came that proves where we are: the held ones are new, or those of another instance. */
  const settle = async (): Promise<boolean> => {
    if (held.length === 0) return true;
    if (!position.hasOverlap) {
      if (await options.isAnotherInstance()) return false;
      options.onGap();
    }
    position.catchUp();
    const lines = held;
    held = [];
    for (const { line, time, bytes } of lines) show(line, time, bytes);
    return true;
  };

  const chunks = body[Symbol.asyncIterator]();
  let next = chunks.next();
  let quietSince = clock.now();
  try {
    for (;;) {
      await flow.passed(signal);
      const waitMs = held.length > 0 ? times.holdMs : times.watchdogMs;
      const got = await within(next, waitMs, clock);
      if (got === 'late') {
        if (held.length > 0) isOther = !(await settle());
        else if (options.follow && clock.now() - quietSince >= times.watchdogMs) {
          quietSince = clock.now();
          if (await hasMissed(options)) throw new ApiError('unreachable', 'the log stream had gone dead');
        }
        if (isOther) return { how: 'other-instance' };
        continue;
      }
      if (got.done === true) break;
      quietSince = clock.now();
      splitter.push(got.value);
      next = chunks.next();
      if (failure !== null) return { how: 'broken', error: failure };
      if (held.length > mostHeld && !(await settle())) return { how: 'other-instance' };
    }
    if (!(await settle())) return { how: 'other-instance' };
    // Without a line feed the last line may be half of one: who reads on gets it again whole.
    const rest = options.isLast ? splitter.rest() : null;
    if (rest !== null) {
      const line = readStamp(rest, 0, rest.length);
      if (!isResumed || position.judge(line.hash) === 'new')
        options.onLine({ time: line.time, bytes: rest.subarray(line.textStart) });
    }
    return { how: 'ended' };
  } finally {
    next.catch(() => undefined);
    stop.abort();
    await chunks.return?.();
  }
}

/** The result, or `late` after `ms`; the promise goes on. */
async function within<T>(promise: Promise<T>, ms: number, clock: Clock): Promise<T | 'late'> {
  const stop = new AbortController();
  try {
    return await Promise.race([promise, pause(clock, ms, stop.signal).then(() => 'late' as const)]);
  } finally {
    stop.abort();
  }
}

/** Asks for the last line by itself: another one than the last shown proves that the stream is dead. */
async function hasMissed(options: ReadLogOptions): Promise<boolean> {
  const { address, position, session, signal } = options;
  const path = apiPath({
    ...pods,
    namespace: address.namespace,
    name: address.pod,
    subresource: 'log',
  });
  const parameters = { container: address.container ?? undefined, timestamps: true, tailLines: 1 };
  try {
    const text = await session.text({ path: `${path}${query(parameters)}`, lane: 'bulk', timeoutMs: 10_000, signal });
    const end = text.indexOf('\n');
    if (end === -1) return false;
    const bytes = Buffer.from(text);
    return newStampReader()(bytes, 0, bytes.indexOf(0x0a)).hash !== position.lastHash;
  } catch {
    return false;
  }
}
