import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProxyTracerProvider, trace } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { noLog, openDebugLog } from './debug-log.ts';
import { mergeSnapshots, Metrics } from './metrics.ts';
import { readMetricsAddress, serveMetrics } from './metrics-server.ts';
import { registeredTracing } from './registered-tracing.ts';
import { noTracing } from './tracing.ts';

function thread(events: number, seconds: readonly number[]): Metrics {
  const metrics = new Metrics();
  metrics.counter('flagbridge_watch_events_total', 'Events.').inc(events);
  const fallbacks = metrics.counterFamily('flagbridge_fallbacks_total', 'Fall-backs.', 'what');
  fallbacks.of('watchlist').inc();
  const frames = metrics.histogram('flagbridge_frame_seconds', 'Frames.', [0.001, 0.01]);
  for (const s of seconds) frames.observe(s);
  metrics.gauge('flagbridge_store_objects', 'Objects.', () => events * 2);
  return metrics;
}

const get = (url: string, headers: Record<string, string> = {}, method = 'GET') =>
  new Promise<{ status: number; body: string }>((resolve, reject) => {
    request(url, { headers, method }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    })
      .on('error', reject)
      .end();
  });

test('numbers of several threads are added up, in the words of Prometheus', async () => {
  const threads = [thread(3, [0.0005, 0.02]), thread(4, [0.005])];
  const server = await serveMetrics({ host: '127.0.0.1', port: 0 }, () =>
    Promise.resolve(threads.map((metrics) => metrics.snapshot())),
  );
  try {
    const { status, body } = await get(server.address);
    expect(status).toBe(200);
    for (const line of [
      '# TYPE flagbridge_watch_events_total counter',
      'flagbridge_watch_events_total 7',
      'flagbridge_fallbacks_total{what="watchlist"} 2',
      'flagbridge_store_objects 14',
      '# TYPE flagbridge_frame_seconds histogram',
      'flagbridge_frame_seconds_bucket{le="0.001"} 1',
      'flagbridge_frame_seconds_bucket{le="0.01"} 2',
      'flagbridge_frame_seconds_bucket{le="+Inf"} 3',
      'flagbridge_frame_seconds_count 3',
    ])
      expect(body.split('\n')).toContain(line);
    expect(body).toMatch(/^process_resident_memory_bytes \d+/m);
    // A second scrape counts nothing twice.
    expect((await get(server.address)).body).toContain('flagbridge_watch_events_total 7\n');
  } finally {
    await server.close();
  }
});

test('only a reader on this machine gets metrics, and nothing else', async () => {
  const server = await serveMetrics({ host: '127.0.0.1', port: 0 }, () => Promise.resolve([]));
  try {
    expect((await get(server.address, { host: 'evil.example' })).status).toBe(421);
    expect((await get(server.address.replace('/metrics', '/'))).status).toBe(404);
    expect((await get(server.address, {}, 'POST')).status).toBe(404);
  } finally {
    await server.close();
  }
});

test.each([
  ['127.0.0.1:9090', { ok: true, host: '127.0.0.1', port: 9090 }],
  [':0', { ok: true, host: '127.0.0.1', port: 0 }],
  ['[::1]:1', { ok: true, host: '::1', port: 1 }],
  ['localhost:80', { ok: true, host: 'localhost', port: 80 }],
  ['0.0.0.0:80', { ok: false }],
  ['10.0.0.1:80', { ok: false }],
  ['9090', { ok: false }],
  ['localhost:99999', { ok: false }],
])('the address %s', (text, read) => expect(readMetricsAddress(text)).toMatchObject(read));

test('a metric is declared once, and merging keeps what only one thread has', () => {
  const metrics = new Metrics();
  metrics.counter('a_total', 'A.');
  expect(() => metrics.counter('a_total', 'A.')).toThrow('a_total is declared twice');
  const other = new Metrics();
  other.counter('b_total', 'B.').inc(5);
  expect(mergeSnapshots([metrics.snapshot(), other.snapshot()]).map((m) => [m.name, m.values[0]?.value])).toEqual([
    ['a_total', 0],
    ['b_total', 5],
  ]);
});

test('spans pass on what they run, failures too, whether tracing is on or not', async () => {
  const silent = new ProxyTracerProvider();
  trace.setGlobalTracerProvider({ getTracer: (name) => silent.getTracer(name) });
  const own = await registeredTracing();
  trace.disable();
  expect([own.tracing.isOn, own.ignored]).toEqual([true, null]);
  for (const tracing of [noTracing, own.tracing]) {
    expect(tracing.span('a', {}, () => 3)).toBe(3);
    expect(await tracing.span('a', {}, () => Promise.resolve(4))).toBe(4);
    expect(() =>
      tracing.span('a', {}, () => {
        throw new Error('x');
      }),
    ).toThrow('x');
    await expect(tracing.span('a', {}, () => Promise.reject(new Error('y')))).rejects.toThrow('y');
    expect(tracing.within('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', () => 5)).toBe(5);
  }
  expect(noTracing.traceparent()).toBeUndefined();
  expect(() => noTracing.past('a', {}, 1)).not.toThrow();
});

test('no provider: off; one of an API too old to be heard: off, and said', async () => {
  expect(await registeredTracing()).toEqual({ tracing: noTracing, ignored: null });
  const api = Symbol.for('opentelemetry.js.api.1');
  const shared = globalThis as { [key: symbol]: unknown };
  const before = shared[api];
  shared[api] = { version: '1.4.0', trace: {} };
  try {
    const { tracing, ignored } = await registeredTracing();
    expect(tracing).toBe(noTracing);
    expect(ignored).toContain('older @opentelemetry/api');
  } finally {
    shared[api] = before;
  }
});

test('the debug log is for its owner and holds no secret', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fb-log-'));
  try {
    const path = join(folder, 'debug.log');
    using log = openDebugLog(path, 'engine', () => 0);
    log.write('request', { path: '/api', header: 'Authorization: Bearer abcdef123456', status: 401, none: undefined });
    const [line] = (await readFile(path, 'utf8')).split('\n');
    expect(JSON.parse(line ?? '')).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      thread: 'engine',
      event: 'request',
      path: '/api',
      header: 'Authorization: Bearer •••',
      status: 401,
    });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  } finally {
    await rm(folder, { recursive: true });
  }
  expect(() => noLog.write('x')).not.toThrow();
});
