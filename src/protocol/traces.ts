// How messages take part in traces: what the two ends need of tracing, and how a message carries the span that it
// belongs to. Without tracing nothing of this is called.
import type { Envelope } from './port.ts';

export interface MessageTraces {
  span<T>(name: string, attributes: Readonly<Record<string, string | number | boolean>>, run: () => T): T;
  /** W3C traceparent of the span that is active. */
  traceparent(): string | undefined;
  /** Runs `run` as a child of the span that a message carried. */
  within<T>(traceparent: string | undefined, run: () => T): T;
}

/** A message with the active span. */
export function sealed<Message>(body: Message, traces: MessageTraces | undefined): Envelope<Message> {
  const traceparent = traces?.traceparent();
  return traceparent === undefined ? { body } : { body, traceparent };
}
