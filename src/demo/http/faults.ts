// The faults that stand on one cluster: kept here, asked by the front and the server on every request.
import type { ApiCluster } from '../api/cluster.ts';
import { ApiFailure, expired, forbidden, status, tooManyRequests, unauthorized } from '../api/status-bodies.ts';
import type { Fault, RequestMatch } from '../protocol.ts';
import type { Authorizer, DenyRule } from './rbac.ts';
import type { Target } from './request.ts';

export type Asked = { readonly url: string; readonly target: Target | null; readonly user: string };

/** Whether a request is meant by a match. */
export function matches(match: RequestMatch | undefined, asked: Asked): boolean {
  if (match === undefined) return true;
  const { target } = asked;
  const resource =
    target === null ? '' : target.subresource === '' ? target.resource : `${target.resource}/${target.subresource}`;
  return (
    (match.path === undefined || asked.url.includes(match.path)) &&
    (match.verb === undefined || target?.verb === match.verb) &&
    (match.resource === undefined || resource === match.resource) &&
    (match.user === undefined || asked.user === match.user)
  );
}

const reasons: Readonly<Record<number, string>> = {
  500: 'InternalError',
  502: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

function failureOf(fault: Extract<Fault, { type: 'status' }>): ApiFailure {
  const retry = fault.retryAfter;
  switch (fault.code) {
    case 401:
      return unauthorized();
    case 403:
      return forbidden('forbidden: a fault of the demo', {});
    case 410:
      return expired('The resourceVersion for the provided list is too old.');
    case 429:
      return tooManyRequests(retry ?? 1);
    default: {
      const body = status(
        fault.code,
        reasons[fault.code] ?? 'InternalError',
        `an error on the server (fault of the demo): ${fault.code}`,
      );
      return new ApiFailure(fault.code, body, '', retry === undefined ? {} : { 'retry-after': String(retry) });
    }
  }
}

type Standing = { readonly fault: Fault; left: number; readonly undo: () => void };

/** What a request must suffer, in the order in which it does. */
export type Verdict = {
  readonly latencyMs: number;
  readonly reset: boolean;
  readonly failure: ApiFailure | null;
  readonly bytesPerSecond: number | null;
};

export class Faults {
  readonly #standing: Standing[] = [];
  readonly revoked = new Set<string>();

  /** Remembers a standing fault; `undo` runs when it is cleared. */
  stand(fault: Fault, undo: () => void = () => {}): void {
    this.#standing.push({ fault, left: fault.type === 'status' ? (fault.times ?? Number.POSITIVE_INFINITY) : 1, undo });
  }

  clear(type?: Fault['type']): void {
    for (const s of this.#standing.filter((s) => type === undefined || s.fault.type === type)) {
      this.#standing.splice(this.#standing.indexOf(s), 1);
      s.undo();
    }
  }

  /** Whether tokens of this user are refused. */
  isRevoked(user: string): boolean {
    return this.revoked.has('*') || this.revoked.has(user);
  }

  judge(asked: Asked): Verdict {
    let latencyMs = 0;
    let reset = false;
    let failure: ApiFailure | null = null;
    let bytesPerSecond: number | null = null;
    for (const s of this.#standing.slice()) {
      const { fault } = s;
      if (
        !('match' in fault) &&
        fault.type !== 'latency' &&
        fault.type !== 'status' &&
        fault.type !== 'slow-bytes' &&
        fault.type !== 'reset-stream'
      )
        continue;
      if (!matches('match' in fault ? fault.match : undefined, asked)) continue;
      if (fault.type === 'latency') latencyMs += fault.ms;
      else if (fault.type === 'reset-stream') reset = true;
      else if (fault.type === 'slow-bytes') bytesPerSecond = fault.bytesPerSecond;
      else if (fault.type === 'status' && failure === null) {
        failure = failureOf(fault);
        s.left--;
        if (s.left <= 0) this.#standing.splice(this.#standing.indexOf(s), 1);
      }
    }
    return { latencyMs, reset, failure, bytesPerSecond };
  }

  /** Standing faults that only turn a knob of the cluster; false when this is none of them. */
  turn(fault: Fault, cluster: ApiCluster, authorizer: Authorizer): boolean {
    const { features } = cluster;
    switch (fault.type) {
      case 'no-watchlist': {
        const before = features.watchList;
        features.watchList = false;
        this.stand(fault, () => (features.watchList = before));
        return true;
      }
      case 'plain-discovery': {
        features.aggregatedDiscovery = false;
        this.stand(fault, () => (features.aggregatedDiscovery = true));
        return true;
      }
      case 'no-watch': {
        features.withoutWatch.add(fault.resource);
        this.stand(fault, () => features.withoutWatch.delete(fault.resource));
        return true;
      }
      case 'bookmarks': {
        const before = features.bookmarkMs;
        features.bookmarkMs = fault.everyMs;
        this.stand(fault, () => (features.bookmarkMs = before));
        return true;
      }
      case 'deny': {
        const { type: _t, ...rule } = fault;
        authorizer.denied.push(rule as DenyRule);
        this.stand(fault, () => authorizer.denied.splice(authorizer.denied.indexOf(rule as DenyRule), 1));
        return true;
      }
      case 'revoke-tokens': {
        const user = fault.user ?? '*';
        this.revoked.add(user);
        this.stand(fault, () => this.revoked.delete(user));
        return true;
      }
      case 'compact':
        cluster.store.compact();
        return true;
      default:
        return false;
    }
  }
}
