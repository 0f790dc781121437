// Own traces through @opentelemetry/api, which is loaded only where somebody registered a provider with it: a span costs
// one call while there is none. The SDK is never loaded here; who wants spans registers one before the program starts,
// in both threads: `NODE_OPTIONS='--import ./sdk.js' flagbridge`.

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface Tracing {
  readonly isOn: boolean;
  /** Runs `run` inside a span; a promise ends the span when it settles. Failures are recorded and passed on. */
  span<T>(name: string, attributes: SpanAttributes, run: () => T): T;
  /** Tells a span that has just ended and took so long. */
  past(name: string, attributes: SpanAttributes, tookMs: number): void;
  /** W3C traceparent of the span that is active, for the envelope of a message. */
  traceparent(): string | undefined;
  /** Runs `run` as a child of the span that a message carried. */
  within<T>(traceparent: string | undefined, run: () => T): T;
}

/** Tracing that does nothing. */
export const noTracing: Tracing = {
  isOn: false,
  span: (_name, _attributes, run) => run(),
  past: () => undefined,
  traceparent: () => undefined,
  within: (_traceparent, run) => run(),
};
