// The logs of the demo's containers, made up from the pod, the run and the clock: the same line for the same moment
// whoever asks, so that a stream that resumes finds exactly what it had.
import { list, text } from '../core/object.ts';
import type { ApiObject } from './api/objects.ts';
import { cartRunMs } from './controllers/behaviour.ts';
import type { Line, LogSource, Run } from './http/log-reader.ts';
import { hashOf } from './random.ts';

type Words = (h: number, line: Moment) => string;
type Moment = {
  readonly sinceStart: number;
  readonly pod: ApiObject;
  readonly container: string;
  readonly time: number;
};

const pick = <T>(from: readonly T[], h: number): T => from[h % from.length] as T;
const ms = (h: number, base: number, spread: number): string => `${base + ((h >>> 5) % spread)}ms`;
const hex = (h: number, digits: number): string => h.toString(16).padStart(8, '0').slice(0, digits);

const http =
  (routes: readonly string[], base: number): Words =>
  (h) =>
    `INF ${pick(routes, h)} 200 ${ms(h, base, 40)} user=${hex(h, 6)} trace=${hex(h >>> 3, 8)}`;

/** What each app says; one in forty lines is a warning of its own. */
const voices: Readonly<Record<string, { readonly usual: Words; readonly odd: Words }>> = {
  cart: {
    usual: http(['GET /cart', 'GET /cart/count', 'POST /cart/items', 'DELETE /cart/items'], 8),
    odd: (h) => `WRN gc pause ${80 + (h % 60)}ms, heap ${270 + (h % 40)}Mi`,
  },
  checkout: {
    usual: http(['POST /checkout', 'GET /checkout/quote', 'POST /checkout/confirm'], 60),
    odd: (h) => `WRN slow call to payments: ${ms(h, 700, 400)}, retry 1 of 3`,
  },
  catalog: {
    usual: http(['GET /products', 'GET /products/:id', 'GET /categories'], 20),
    odd: (h) => `WRN cache miss ratio ${12 + (h % 9)}% over 60s`,
  },
  payments: {
    usual: http(['POST /payments/authorize', 'POST /payments/capture'], 90),
    odd: (h) => `WRN provider answered 429, backing off ${ms(h, 200, 300)}`,
  },
  search: {
    usual: http(['GET /search?q=shoes', 'GET /suggest?q=sho'], 35),
    odd: (h) => `WRN segment merge took ${ms(h, 900, 900)}`,
  },
  web: {
    usual: http(['GET /', 'GET /assets/app.js', 'GET /api/session', 'GET /product/:id'], 12),
    odd: () => 'WRN upstream catalog slow, serving stale page',
  },
  gateway: {
    usual: (h) =>
      `[${hex(h, 6)}] "GET /api/${pick(['cart', 'catalog', 'search'], h)} HTTP/2" 200 - ${120 + (h % 900)} ${8 + (h % 60)}`,
    odd: () => 'upstream reset: connection termination, retried',
  },
  redis: {
    usual: (h) =>
      `1:M ${pick(['DB 0: 48211 keys (48190 volatile)', 'Background saving started', 'Background saving terminated with success'], h)}`,
    odd: () => '1:M WARNING: latency of command HGETALL 31ms',
  },
};

const plain: { readonly usual: Words; readonly odd: Words } = {
  usual: (h, m) =>
    `level=info component=${m.container} msg="${pick(['reconciled', 'synced', 'heartbeat', 'batch done', 'scrape ok'], h)}" took=${ms(h, 3, 120)}`,
  odd: (h, m) => `level=warn component=${m.container} msg="slow response" took=${ms(h, 900, 900)}`,
};

const thousands = (n: number): string => n.toString().replace(/\B(?=(\d{3})+$)/g, ',');

/** The bad release: it starts, fills its price cache, pauses longer and longer, and is killed. */
function badCart(m: Moment, h: number, runMs: number): string {
  const { sinceStart } = m;
  const part = sinceStart / runMs;
  const entries = Math.min(187_000, Math.round(188_000 * part * 0.95));
  const heap = Math.round(390 + 115 * part);
  if (sinceStart < 1200) return 'INF cart 2.4.0 listening on :8080, limit 512Mi';
  if (sinceStart < 2400) return 'INF flags: priceCache=on refresh=30s';
  if (runMs - sinceStart < 1400)
    return 'ERR heap limit reached, allocation of 4.2MiB failed at priceCache.put (cache.ts:118)';
  if (part < 0.35 && h % 3 !== 0) return `INF price-cache: warming ${thousands(entries)} of 188,000 entries`;
  if (h % 4 === 0) return `WRN price-cache: ${thousands(entries)} of 188,000 entries, heap ${heap}Mi`;
  if (h % 4 === 1)
    return `ERR ${pick(['POST /cart/items', 'GET /cart'], h >>> 4)} 503 ${pick(['upstream closed', 'shedding load'], h >>> 6)}`;
  return `WRN gc pause ${Math.round(200 + 560 * part)}ms, heap ${heap}Mi`;
}

function lineText(m: Moment, h: number, run: Run): string {
  const app = m.pod.metadata.labels?.app ?? m.container;
  const image = text(
    list(m.pod, 'spec', 'containers').find((c) => text(c, 'name') === m.container),
    'image',
  );
  const crashes = /\/cart:2\.4\.0/.test(image) && isCrashing(m.pod);
  if (crashes) return badCart(m, h, cartRunMs(m.pod.metadata.uid, run.restart));
  if (app === 'payments' && m.container === 'build') return buildLine(m.sinceStart);
  if (m.sinceStart < 1500 && image !== '') return `INF ${app} ${/:([^@]+)/.exec(image)?.[1] ?? ''} starting`;
  const voice = voices[app] ?? plain;
  return h % 40 === 0 ? voice.odd(h >>> 6, m) : voice.usual(h >>> 6, m);
}

/** Only the run clusters have the data that fills the cache; there the pod is never ready. */
const isCrashing = (pod: ApiObject): boolean =>
  list(pod, 'status', 'containerStatuses').some(
    (c) =>
      text(c, 'lastState', 'terminated', 'reason') === 'OOMKilled' ||
      text(c, 'state', 'terminated', 'reason') === 'OOMKilled',
  ) || !list(pod, 'status', 'conditions').some((c) => text(c, 'type') === 'Ready' && text(c, 'status') === 'True');

const buildSteps: readonly (readonly [number, string])[] = [
  [2000, 'analyze   previous image 1.9.2 e1d4b0'],
  [6000, 'analyze   ok in 4 s'],
  [24_000, 'detect    4 buildpacks tried'],
  [33_000, 'detect    no buildpack takes go 1.27 (go-dist: <= 1.26)'],
];
const buildLine = (sinceStart: number): string =>
  (buildSteps.find(([until]) => sinceStart < until) ?? ([0, 'exit 20'] as const))[1];

/** Lines at about this many a second for every container; the bad release talks a little more. */
export function logSource(linesPerSecond: number): LogSource {
  const slot = Math.max(1, Math.round(1000 / linesPerSecond));
  return {
    slotMs: (pod, container) =>
      (container === 'cart' ? Math.min(slot, 1100) : slot) + (hashOf(pod.metadata.uid) % Math.max(1, slot >> 3)),
    lineAt(pod, container, run, n): Line | null {
      const width = this.slotMs(pod, container);
      const h = hashOf(`${pod.metadata.uid} ${container} ${n}`);
      const time = n * width + (width < 8 ? 0 : h % (width - 4));
      if (time < run.start || (run.end !== null && time > run.end)) return null;
      return { time, text: lineText({ sinceStart: time - run.start, pod, container, time }, h >>> 2, run) };
    },
  };
}
