// Tells when CRDs come and go, so that plugins wake within seconds. A Table watch without objects: metadata carries the
// last applied schema, which can be a megabyte. Where it is denied the server is asked by ETag every ten minutes.
import { text } from '../../core/object.ts';
import { ApiError } from '../../kube/api-error.ts';
import { newBackoff } from '../../kube/backoff.ts';
import { splitLines } from '../../kube/decode/lines.ts';
import type { Session } from '../../kube/session/contract.ts';
import { type Clock, pause } from '../../platform/clock.ts';

export type CrdWatchDeps = {
  readonly session: Session;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Look again at what is served: something changed, or it is time. */
  onChange(): void;
  /** The watch began; what happened since the last look is not in it. */
  onOpen(): void;
};

const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
/** Without objects a line is short, and what it is about stands at its beginning. */
const longestLine = 64 << 10;
/** How often the server is asked where it may not be watched. */
export const pollMs = 600_000;

/** Runs until the signal aborts. Never throws. */
export async function watchCrds(deps: CrdWatchDeps): Promise<void> {
  const { clock, signal, random } = deps;
  const backoff = newBackoff(random);
  while (!signal.aborted) {
    try {
      await watchOnce(deps);
      await pause(clock, 1_000, signal);
    } catch (error) {
      if (signal.aborted) return;
      const isHopeless = error instanceof ApiError && (error.code === 403 || error.code === 404);
      await pause(clock, isHopeless ? pollMs * (0.9 + random() * 0.2) : backoff.next(clock.now()), signal);
      if (isHopeless && !signal.aborted) deps.onChange();
    }
  }
}

async function watchOnce({ session, signal, random, onChange, onOpen }: CrdWatchDeps): Promise<void> {
  const head = await session.json({
    path: `${path}?limit=1&includeObject=None`,
    headers: { accept },
    signal,
    timeoutMs: 15_000,
  });
  const version = text(head, 'metadata', 'resourceVersion');
  const seconds = Math.round(300 + random() * 300);
  const response = await session.request({
    path: `${path}?watch=1&includeObject=None&allowWatchBookmarks=true&timeoutSeconds=${seconds}&resourceVersion=${version}`,
    headers: { accept },
    signal,
    timeoutMs: 0,
  });
  if (response.status >= 400) throw new ApiError('status', `watch of CRDs answered ${response.status}`);
  onOpen();
  let isNews = false;
  let hasFailed = false;
  const splitter = splitLines(
    (buffer, start, end) => {
      const line = buffer.toString('latin1', start, end);
      // A bookmark is no news; anything else is, and discovery says what.
      isNews ||= /"type": ?"(ADDED|MODIFIED|DELETED)"/.test(line);
      hasFailed ||= /"type": ?"ERROR"/.test(line);
    },
    { maxBytes: longestLine, onLong: () => undefined },
  );
  for await (const chunk of response.body) {
    splitter.push(chunk);
    // Many that come at once are looked at once.
    if (isNews) onChange();
    isNews = false;
    if (hasFailed) return;
  }
}
