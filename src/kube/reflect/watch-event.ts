// What a reflector tells: the same words whether the server streams (WatchList), lists and watches, or is polled.
import type { KubeObject } from '../../core/object.ts';
import type { ApiError } from '../api-error.ts';

export type WatchEvent =
  /** A first or renewed full set is asked for; rows of before stay until `synced`. Nothing was answered yet. */
  | { readonly type: 'sync-started' }
  | { readonly type: 'upsert'; readonly object: KubeObject }
  | { readonly type: 'delete'; readonly object: KubeObject }
  /** The set is complete: whatever was not upserted since `sync-started` is gone. */
  | { readonly type: 'synced'; readonly resourceVersion: string }
  /** Data stopped flowing; back-off and retry happen by themselves. */
  | { readonly type: 'interrupted'; readonly error: ApiError; readonly retryInMs: number }
  | { readonly type: 'resumed' }
  /**
   * Follows `synced` where no watch is possible: what was read is not kept current. The error is the refusal, after which
   * it is read again every 5–10 min; null: the resource has no such verb, and it is read again when asked.
   */
  | { readonly type: 'polled'; readonly error: ApiError | null }
  /** 403 on list or watch: stopped, looked at again every 5–10 min or when asked. */
  | { readonly type: 'denied'; readonly error: ApiError }
  /** The resource does not exist on this server. */
  | { readonly type: 'absent' };

/** How data came, for /metrics: a fall-back where the first way is possible fails the contract run. */
export type FallbackCounter = (what: 'watchlist' | 'decoder' | 'discovery' | 'http1', cluster: string) => void;
