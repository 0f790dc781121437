// Preloaded into both threads of the program (`--import`), as an SDK would be: a provider as small as it can be, which
// writes each span that ends to the file of FLAGBRIDGE_SPANS_FILE, a JSON line a span.
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import {
  type Context,
  type ContextManager,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanOptions,
  type TextMapPropagator,
  trace,
  TraceFlags,
  type Tracer,
} from '@opentelemetry/api';

export type ToldSpan = {
  readonly thread: 'main' | 'engine';
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
};

const file = process.env['FLAGBRIDGE_SPANS_FILE'] ?? '';

function startSpan(name: string, options: SpanOptions = {}, within: Context = context.active()): Span {
  const parent = trace.getSpanContext(within);
  const traceId = parent?.traceId ?? randomBytes(16).toString('hex');
  const spanId = randomBytes(8).toString('hex');
  const told: ToldSpan = {
    thread: isMainThread ? 'main' : 'engine',
    name,
    traceId,
    spanId,
    parentId: parent?.spanId ?? null,
    attributes: { ...options.attributes },
  };
  const span: Span = {
    spanContext: () => ({ traceId, spanId, traceFlags: TraceFlags.SAMPLED }),
    setAttribute: () => span,
    setAttributes: () => span,
    addEvent: () => span,
    addLink: () => span,
    addLinks: () => span,
    setStatus: () => span,
    updateName: () => span,
    end: () => appendFileSync(file, `${JSON.stringify(told)}\n`),
    isRecording: () => true,
    recordException: () => undefined,
  };
  return span;
}

const tracer: Tracer = {
  startSpan,
  startActiveSpan(name: string, ...rest: unknown[]) {
    const run = rest.at(-1) as (span: Span) => never;
    const span = startSpan(name, rest.length > 1 ? (rest[0] as SpanOptions) : {});
    return context.with(trace.setSpan(context.active(), span), () => run(span));
  },
};

const active = new AsyncLocalStorage<Context>();
const contexts: ContextManager = {
  active: () => active.getStore() ?? ROOT_CONTEXT,
  with: (next, run, that, ...args) => active.run(next, () => run.call(that as never, ...args)),
  bind: (_context, target) => target,
  enable: () => contexts,
  disable: () => contexts,
};

const traceparents: TextMapPropagator = {
  inject(from, carrier, setter) {
    const span = trace.getSpanContext(from);
    if (span !== undefined) setter.set(carrier, 'traceparent', `00-${span.traceId}-${span.spanId}-01`);
  },
  extract(into, carrier, getter) {
    const [, traceId, spanId] = String(getter.get(carrier, 'traceparent')).split('-');
    if (traceId === undefined || spanId === undefined) return into;
    return trace.setSpanContext(into, { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true });
  },
  fields: () => ['traceparent'],
};

context.setGlobalContextManager(contexts);
propagation.setGlobalPropagator(traceparents);
trace.setGlobalTracerProvider({ getTracer: () => tracer });
