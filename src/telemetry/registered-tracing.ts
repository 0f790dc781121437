// Finds the provider of traces that somebody registered before the program started, if anybody did.
import { noTracing, type Tracing } from './tracing.ts';

/** Where every copy of the API, whoever loaded it, keeps what was registered. */
const registered = (): { readonly trace?: unknown } =>
  (globalThis as { [key: symbol]: { readonly trace?: unknown } | undefined })[Symbol.for('opentelemetry.js.api.1')] ??
  {};

/** What became of a provider that somebody registered; `ignored` says why its spans would stay empty. */
export type OwnTracing = { readonly tracing: Tracing; readonly ignored: string | null };

/** Tracing through the provider that is registered by now; none is off. */
export async function registeredTracing(): Promise<OwnTracing> {
  const { trace: provider } = registered();
  if (provider === undefined) return { tracing: noTracing, ignored: null };
  const { tracingByApi } = await import('./tracing-by-api.ts');
  const tracing = tracingByApi(provider);
  return tracing === null
    ? { tracing: noTracing, ignored: 'the provider was registered with an older @opentelemetry/api than 1.10' }
    : { tracing, ignored: null };
}
