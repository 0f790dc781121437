// Spans through @opentelemetry/api. A module of its own, which is loaded only where somebody registered a provider.
import { context, propagation, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Tracing } from './tracing.ts';

/** Tracing through `provider`; null where the API hands out nothing, because an older one than ours registered it. */
export function tracingByApi(provider: unknown): Tracing | null {
  if (trace.getTracerProvider() !== provider) return null;
  const tracer = trace.getTracer('flagbridge');
  const fail = (span: Span, error: unknown): void => {
    span.recordException(error instanceof Error ? error : String(error));
    span.setStatus({ code: SpanStatusCode.ERROR });
  };
  return {
    isOn: true,
    span: (name, attributes, run) =>
      tracer.startActiveSpan(name, { attributes }, (span) => {
        try {
          const result = run();
          if (!(result instanceof Promise)) {
            span.end();
            return result;
          }
          // The caller gets the very promise that it made; this branch only ends the span.
          result.then(
            () => span.end(),
            (error: unknown) => {
              fail(span, error);
              span.end();
            },
          );
          return result;
        } catch (error) {
          fail(span, error);
          span.end();
          throw error;
        }
      }),
    past: (name, attributes, tookMs) => tracer.startSpan(name, { attributes, startTime: Date.now() - tookMs }).end(),
    traceparent: () => {
      const carrier: Record<string, string> = {};
      propagation.inject(context.active(), carrier);
      return carrier['traceparent'];
    },
    within: (traceparent, run) =>
      traceparent === undefined ? run() : context.with(propagation.extract(context.active(), { traceparent }), run),
  };
}
