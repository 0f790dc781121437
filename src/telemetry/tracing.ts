// Own traces through @opentelemetry/api, which is loaded only when tracing is switched on: a span costs one comparison
// while it is off. The SDK is never loaded here; who wants spans registers a provider before `enableTracing`.
import type { Span, Tracer } from '@opentelemetry/api';

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface Tracing {
  readonly isOn: boolean;
  /** Runs `run` inside a span; a promise ends the span when it settles. Failures are recorded and passed on. */
  span<T>(name: string, attributes: SpanAttributes, run: () => T): T;
  /** W3C traceparent of the span that is active, for the envelope of a message. */
  traceparent(): string | undefined;
  /** Runs `run` as a child of the span that a message carried. */
  within<T>(traceparent: string | undefined, run: () => T): T;
}

/** Tracing that does nothing. */
export const noTracing: Tracing = {
  isOn: false,
  span: (_name, _attributes, run) => run(),
  traceparent: () => undefined,
  within: (_traceparent, run) => run(),
};

/** Tracing through whatever provider is registered with the API at the time of the call. */
export async function enableTracing(): Promise<Tracing> {
  const { context, propagation, SpanStatusCode, trace } = await import('@opentelemetry/api');
  const tracer: Tracer = trace.getTracer('flagbridge');
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
    traceparent: () => {
      const carrier: Record<string, string> = {};
      propagation.inject(context.active(), carrier);
      return carrier['traceparent'];
    },
    within: (traceparent, run) =>
      traceparent === undefined ? run() : context.with(propagation.extract(context.active(), { traceparent }), run),
  };
}
