// An engine without a fleet: tests say what every question is answered with and which windows come, and look at what was
// asked.
import type { ActionView, ActionWish, Confirmation } from '../../src/core/action.ts';
import type { ClusterSummary, Coverage } from '../../src/core/cluster.ts';
import { type ClusterId, clusterId } from '../../src/core/ids.ts';
import type { LogLine, LogSelector, LogWindow } from '../../src/core/log-line.ts';
import type { LiveQuery, Scope, Window } from '../../src/core/query.ts';
import type { Column, Health, Row } from '../../src/core/row.ts';
import type { Engine, FleetView } from '../../src/protocol/engine.ts';
import type { Answer, DocumentView, LogView, Notice, Question } from '../../src/protocol/messages.ts';

export type OpenQuery = { query: LiveQuery; tell: (window: Window) => void; isOpen: boolean };
export type OpenLogs = { selector: LogSelector; view: LogView; tell: (window: LogWindow) => void; isOpen: boolean };

export type OpenAction = {
  readonly wish: ActionWish;
  readonly confirmations: Confirmation[];
  tell: (view: ActionView) => void;
  isOpen: boolean;
  isCancelled: boolean;
};

export type FakeEngine = Engine & {
  readonly actions: OpenAction[];
  readonly queries: OpenQuery[];
  readonly logStreams: OpenLogs[];
  readonly questions: Question[];
  readonly scopes: Scope[];
  /** What a query is answered with when it opens or changes; undefined: nothing comes. */
  answerQuery: (query: LiveQuery) => Window | undefined;
  answerLogs: (selector: LogSelector, view: LogView) => LogWindow | undefined;
  answerDocument: (form: string, name: string) => DocumentView | undefined;
  answer: (question: Question) => Answer;
  setFleet(clusters: readonly ClusterSummary[], coverage?: Partial<Coverage>): void;
  setAlive(isAlive: boolean): void;
  message(notice: Omit<Extract<Notice, { type: 'message' }>, 'type'>): void;
  /** Asks `answerQuery` again for everything that is open. */
  refresh(): void;
};

export function fakeEngine(now: () => number): FakeEngine {
  const fleetListeners = new Set<(fleet: FleetView) => void>();
  const aliveListeners = new Set<(isAlive: boolean) => void>();
  const messageListeners = new Set<(message: Extract<Notice, { type: 'message' }>) => void>();
  const on = <T>(set: Set<T>, listener: T): Disposable => {
    set.add(listener);
    return { [Symbol.dispose]: () => void set.delete(listener) };
  };
  let fleet: FleetView | null = null;
  let isAlive = true;
  const engine: FakeEngine = {
    queries: [],
    logStreams: [],
    actions: [],
    questions: [],
    scopes: [],
    answerQuery: () => undefined,
    answerLogs: () => undefined,
    answerDocument: () => undefined,
    answer: () => ({ ok: false, message: 'not known' }),
    get fleet() {
      return fleet;
    },
    get isAlive() {
      return isAlive;
    },
    onFleet: (listener) => on(fleetListeners, listener),
    onAlive: (listener) => on(aliveListeners, listener),
    onMessage: (listener) => on(messageListeners, listener),
    query(query, onWindow) {
      const open: OpenQuery = { query, tell: onWindow, isOpen: true };
      engine.queries.push(open);
      const answer = (): void => {
        const window = engine.answerQuery(open.query);
        if (window !== undefined && open.isOpen) onWindow(window);
      };
      answer();
      return {
        change: (next) => {
          open.query = next;
          answer();
        },
        [Symbol.dispose]: () => {
          open.isOpen = false;
        },
      };
    },
    logs(selector, _options, view, onWindow) {
      const open: OpenLogs = { selector, view, tell: onWindow, isOpen: true };
      engine.logStreams.push(open);
      const answer = (): void => {
        const window = engine.answerLogs(selector, open.view);
        if (window !== undefined && open.isOpen) onWindow(window);
      };
      answer();
      return {
        change: (next) => {
          open.view = next;
          answer();
        },
        [Symbol.dispose]: () => {
          open.isOpen = false;
        },
      };
    },
    document(ref, form, onDocument) {
      const document = engine.answerDocument(form, ref.name);
      if (document !== undefined) onDocument(document);
      return { [Symbol.dispose]: () => {} };
    },
    action(wish, onView) {
      const open: OpenAction = { wish, confirmations: [], tell: onView, isOpen: true, isCancelled: false };
      engine.actions.push(open);
      return {
        confirm: (given) => void open.confirmations.push(given),
        cancel: () => {
          open.isCancelled = true;
        },
        [Symbol.dispose]: () => {
          open.isOpen = false;
        },
      };
    },
    ask(question) {
      engine.questions.push(question);
      return Promise.resolve(engine.answer(question));
    },
    connect: () => undefined,
    setScope: (scope) => void engine.scopes.push(scope),
    setFleet(clusters, coverage = {}) {
      const live = clusters.filter((c) => c.state.phase === 'live').length;
      const parked = clusters.filter((c) => c.state.phase === 'parked').length;
      const whole: Coverage = {
        live,
        wanted: clusters.length - parked,
        parked,
        deniedKinds: [],
        namespaces: [],
        syncing: 0,
        ...coverage,
      };
      fleet = { clusters, coverage: whole, at: now() };
      for (const listener of fleetListeners) listener(fleet);
    },
    setAlive(next) {
      isAlive = next;
      for (const listener of aliveListeners) listener(next);
    },
    message(notice) {
      for (const listener of messageListeners) listener({ type: 'message', ...notice });
    },
    refresh() {
      for (const open of engine.queries) {
        const window = open.isOpen ? engine.answerQuery(open.query) : undefined;
        if (window !== undefined) open.tell(window);
      }
    },
    [Symbol.dispose]: () => {},
  };
  return engine;
}

/** A live cluster, changed where the test says so. */
export const cluster = (name: string, change: Partial<ClusterSummary> = {}): ClusterSummary => ({
  id: clusterId(name),
  name,
  role: 'run',
  state: { phase: 'live', since: 0 },
  hue: 0,
  protected: false,
  server: `https://${name}.example:6443`,
  identity: `ops@${name}`,
  otherIdentities: [],
  defaultNamespace: 'default',
  namespaces: [],
  version: '1.36.1',
  uid: `uid-${name}`,
  roundTripMs: 18,
  skewMs: 0,
  insecure: false,
  nodes: { ready: 3, total: 3 },
  pods: 40,
  problems: { fail: 0, warn: 0 },
  watches: { synced: 15, wanted: 15 },
  denied: [],
  lastHeard: 0,
  ...change,
});

const noCounts: Readonly<Record<Health, number>> = { ok: 0, busy: 0, warn: 0, fail: 0, info: 0, unknown: 0, none: 0 };

/** A window of rows, all of them. */
export const windowOf = (columns: readonly Column[], rows: readonly Row[], change: Partial<Window> = {}): Window => ({
  columns,
  rows,
  offset: 0,
  total: rows.length,
  matched: rows.length,
  all: rows.length,
  counts: noCounts,
  staleSince: null,
  state: rows.length > 0 ? { state: 'rows' } : { state: 'empty', lookedAt: 'nothing was looked at' },
  badFilter: null,
  ...change,
});

/** A row of a pod or a workload. */
export const row = (name: string, clusters: readonly string[], cells: Row['cells'], change: Partial<Row> = {}): Row => {
  const ids: readonly ClusterId[] = clusters.map(clusterId);
  const [only] = ids;
  return {
    key: `${clusters.join(',')}/${name}`,
    ref:
      only === undefined || ids.length > 1
        ? null
        : {
            cluster: only,
            type: { group: '', version: 'v1', resource: 'pods' },
            kind: 'Pod',
            namespace: 'shop',
            name,
            uid: `uid-${clusters.join()}-${name}`,
          },
    clusters: ids,
    namespace: 'shop',
    name,
    app: 'cart',
    health: 'ok',
    stale: false,
    staleMembers: 0,
    depth: 0,
    open: null,
    cells,
    ...change,
  };
};

export const logLine = (index: number, change: Partial<Extract<LogLine, { type: 'line' }>> = {}): LogLine => ({
  type: 'line',
  index,
  time: index * 1000,
  cluster: clusterId('run-eu'),
  namespace: 'shop',
  pod: 'cart-7d9f-x2v8k',
  container: 'app',
  level: 'info',
  text: `line ${index}`,
  late: false,
  ...change,
});

export const logWindow = (lines: readonly LogLine[], change: Partial<LogWindow> = {}): LogWindow => ({
  lines,
  offset: 0,
  first: 0,
  matched: lines.length,
  kept: lines.length,
  unfiltered: 0,
  dropped: 0,
  bytes: 0,
  limitBytes: 64e6,
  streams: 1,
  polled: 0,
  clusters: 1,
  wantedStreams: 1,
  linesPerSecond: 0,
  histogram: [],
  badFilter: null,
  ...change,
});
