// The engine behind its end of the protocol: tables, views, fleet, logs and documents brought together. Runs in whatever
// thread made it.
import { plural } from '../core/format.ts';
import { matchesAny } from '../core/glob.ts';
import type { ActionWish } from '../core/action.ts';
import type { ObjectRef } from '../core/ids.ts';
import type { LogOptions, LogSelector, LogWindow } from '../core/log-line.ts';
import type { LiveQuery, Scope, Window } from '../core/query.ts';
import type { KubeContext } from '../kube/kubeconfig/context.ts';
import type { Clock } from '../platform/clock.ts';
import type { Plugin } from '../plugin-api/plugin.ts';
import type { FleetView } from '../protocol/engine.ts';
import type { Answer, DocumentForm, DocumentView, LogView, Notice, Question } from '../protocol/messages.ts';
import type { ActionSource, EngineBackend, LiveSource } from '../protocol/server.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { answer } from './answers.ts';
import { LiveDocument } from './documents/live-document.ts';
import type { ClusterUnit } from './fleet/cluster-unit.ts';
import { Fleet, type FleetChange } from './fleet/fleet.ts';
import { startInTurns } from './fleet/start-in-turns.ts';
import { newPlanner, type OwnedDefinition, ownDefinitions } from './fleet/watch-plan.ts';
import type { KubePort } from './kube-port.ts';
import { LogStreams } from './logs/log-streams.ts';
import { newRunningPlugin, PluginRuns, type RunningPlugin } from './plugin-runs.ts';
import { ProblemBook } from './problems/book.ts';
import { ActionDesk, type Writes } from './actions/action-desk.ts';
import { actionSource } from './actions/action-source.ts';
import { ResourceTables } from './resources/resource-tables.ts';
import type { EngineSettings } from './settings.ts';
import { FeedPools } from './tables/intern.ts';
import { shapeOf } from './tables/shape.ts';
import { Table } from './tables/table.ts';
import { type EngineMetrics, engineMetrics } from './telemetry-names.ts';
import { Views } from './views.ts';

export type CoreOptions = {
  readonly contexts: readonly KubeContext[];
  readonly currentContext: string | null;
  readonly plugins: readonly Plugin[];
  readonly kube: KubePort;
  readonly settings: EngineSettings;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly random: () => number;
  /** Where something may be saved, the first that takes it; absent: the working directory, then the state folder. */
  readonly folders?: () => readonly string[];
  /** Where the number of the plugin that runs is told; absent: nobody watches. */
  readonly running?: RunningPlugin;
  /** Nothing is connected until `connect` says so: the first frame needs no network, and not its CPU either. */
  readonly waitsForFrame?: boolean;
  /** Absent: it only reads. */
  readonly writes?: Writes;
};

/** A screen that never draws must not keep the fleet waiting. */
const longestWaitMs = 1_000;

type Message = Extract<Notice, { type: 'message' }>;

export class EngineCore implements EngineBackend, Disposable {
  readonly fleetOf: Fleet;
  readonly book: ProblemBook;
  readonly tables = new Map<string, Table>();
  readonly resources: ResourceTables;
  readonly views: Views;
  readonly logStreams: LogStreams;
  readonly desk: ActionDesk;
  readonly metrics: EngineMetrics;
  readonly options: CoreOptions;
  readonly #fleetListeners = new Set<() => void>();
  readonly #connecting = Promise.withResolvers<void>();
  readonly #messageListeners = new Set<(message: Message) => void>();
  /** Messages from before anybody listened. */
  #early: Message[] = [];
  readonly #ending = new AbortController();

  constructor(options: CoreOptions) {
    this.options = options;
    const { clock, plugins, kube, telemetry } = options;
    if (options.waitsForFrame !== true) this.#connecting.resolve();
    this.metrics = engineMetrics(telemetry.metrics);
    this.book = new ProblemBook(clock, (cluster) => {
      this.fleetOf.unit(cluster)?.rows.noteProblems();
      this.#fleetChanged();
    });
    this.tables.set('problems', this.book.table);
    // A table belongs to the first plugin that defines it; others may put rows into it.
    for (const plugin of plugins)
      for (const definition of plugin.tables ?? [])
        if (!this.tables.has(definition.id)) this.tables.set(definition.id, new Table(shapeOf(definition)));
    const runs = new PluginRuns({
      plugins,
      running: options.running ?? newRunningPlugin(),
      errors: this.metrics.pluginErrors,
      now: () => clock.now(),
      tell: (text) => this.tell({ type: 'message', severity: 'warn', text, cluster: null }),
    });
    const definitions = ownDefinitions(plugins);
    const pools = new Map<OwnedDefinition, FeedPools>();
    this.fleetOf = new Fleet(options.contexts, options.currentContext, {
      kube,
      clock,
      random: options.random,
      mayConnect: this.#connecting.promise,
      settings: options.settings,
      book: this.book,
      tables: this.tables,
      definitions,
      planOf: newPlanner(definitions, ({ plugin, definition }) => runs.of(plugin, definition)),
      rules: plugins.flatMap((plugin) =>
        (plugin.problems ?? []).map((rule) => ({ rule, run: runs.of(plugin, `rule ${rule.id}`) })),
      ),
      poolsOf: (owned) => {
        const known = pools.get(owned) ?? new FeedPools();
        pools.set(owned, known);
        return known;
      },
      runnerOf: ({ plugin, definition }) => runs.of(plugin, definition),
      onOwner: (cluster, owner) => this.views.ownerChanged(cluster, owner),
      onWatchEvent: () => this.metrics.watchEvents.inc(),
      onChange: () => {
        this.views.told();
        this.#fleetChanged();
      },
      onLook: () => this.#lookChanged(),
      onRenamed: () => this.views.reset(),
      onSkew: ({ face }) => {
        this.book.retime(face.id);
        this.views.reset();
      },
      tracing: telemetry.tracing,
      log: telemetry.log,
      onConnected: (unit) => this.views.connected(unit),
      onDiscovery: (unit) => {
        this.resources.connected(unit);
        this.views.discovered();
      },
    });
    telemetry.metrics.gauge('flagbridge_store_objects', 'Objects that are kept as rows.', () => this.#objects());
    this.resources = new ResourceTables({ kube, clock, fleet: this.fleetOf, views: () => this.views });
    this.views = new Views({
      clock,
      fleet: this.fleetOf,
      tables: this.tables,
      resources: this.resources,
      metrics: this.metrics,
    });
    this.desk = new ActionDesk({ kube, clock, fleet: this.fleetOf, writes: options.writes ?? null });
    this.logStreams = new LogStreams({
      kube,
      clock,
      fleet: this.fleetOf,
      pods: () => this.tables.get('pods'),
      metrics: this.metrics,
      limitBytes: options.settings.logBytes,
    });
  }

  /** Connects what is to be connected by itself; a screen's, when `connect` allows it. */
  start(): void {
    const { settings, clock, waitsForFrame = false } = this.options;
    if (waitsForFrame) clock.after(longestWaitMs, () => this.connect());
    // A command does what it was asked for; the screen is where people look.
    if (settings.turns === null)
      void this.desk.tellCutOff(
        (text, cluster) => this.tell({ type: 'message', severity: 'warn', text, cluster }),
        this.#ending.signal,
      );
    if (settings.turns === null) return this.fleetOf.start();
    void startInTurns({
      ids: this.fleetOf.wanted(),
      turns: settings.turns,
      clock,
      signal: this.#ending.signal,
      connect: (id) => {
        this.fleetOf.connect([id]);
        return this.fleetOf.unit(id);
      },
      onFleet: (listener) => this.onFleet(listener),
    });
  }

  /** The kubeconfig was read again. */
  update(contexts: readonly KubeContext[], currentContext: string | null): void {
    const text = changeText(this.fleetOf.update(contexts, currentContext));
    if (text !== null) this.tell({ type: 'message', severity: 'info', text, cluster: null });
  }

  connect(): void {
    this.#connecting.resolve();
  }

  query(query: LiveQuery, changed: () => void): LiveSource<LiveQuery, Window> {
    return this.views.open(query, changed);
  }

  logs(selector: LogSelector, options: LogOptions, view: LogView, changed: () => void): LiveSource<LogView, LogWindow> {
    return this.logStreams.open(selector, options, view, changed);
  }

  document(ref: ObjectRef, form: DocumentForm, changed: () => void): LiveSource<never, DocumentView> {
    const unit = this.fleetOf.unit(ref.cluster);
    const served = unit?.discovery?.resources.find(
      (r) => r.group === ref.type.group && r.resource === ref.type.resource && r.version === ref.type.version,
    );
    // A watch by name would list a Secret with its data; it is read once instead, and masked.
    const isSecret = ref.type.group === '' && ref.type.resource === 'secrets';
    const canWatch = !isSecret && (served?.verbs.includes('watch') ?? false);
    return new LiveDocument(ref, form, { kube: this.options.kube, clock: this.options.clock, unit, canWatch, changed });
  }

  action(wish: ActionWish, known: string | null, changed: () => void): ActionSource {
    return actionSource(this.desk, wish, known, changed);
  }

  ask(question: Question): Promise<Answer> {
    return answer(this, question);
  }

  lockWrites(): void {
    const { locks } = this.desk;
    if (locks !== null) locks.isLocked = true;
  }

  setScope(scope: Scope): void {
    this.fleetOf.setScope(scope);
  }

  fleet(): FleetView {
    return this.fleetOf.view(this.options.clock.now());
  }

  onFleet(listener: () => void): Disposable {
    this.#fleetListeners.add(listener);
    return { [Symbol.dispose]: () => void this.#fleetListeners.delete(listener) };
  }

  onMessage(listener: (message: Message) => void): Disposable {
    this.#messageListeners.add(listener);
    for (const message of this.#early.splice(0)) listener(message);
    return { [Symbol.dispose]: () => void this.#messageListeners.delete(listener) };
  }

  /** One quiet line for the person. */
  tell(message: Message): void {
    if (this.#messageListeners.size === 0) this.#early.push(message);
    for (const listener of this.#messageListeners) listener(message);
  }

  /** Named by `--cluster`, or any when nothing is. */
  isNamed(unit: ClusterUnit): boolean {
    const { clusters } = this.options.settings;
    return unit.face.names.some((name) => matchesAny(clusters, name));
  }

  [Symbol.dispose](): void {
    this.#ending.abort();
    this.logStreams[Symbol.dispose]();
    this.views[Symbol.dispose]();
    this.resources[Symbol.dispose]();
    this.fleetOf[Symbol.dispose]();
  }

  #objects(): number {
    let sum = 0;
    for (const { rows } of this.fleetOf.units)
      for (const resource of rows.data.resources()) for (const feed of rows.data.feeds(resource)) sum += feed.rows.size;
    return sum;
  }

  #fleetChanged(): void {
    for (const listener of this.#fleetListeners) listener();
  }

  #lookChanged(): void {
    this.views.refresh();
    this.#fleetChanged();
  }
}

/** What a new kubeconfig did, in one line; null: nothing that can be seen. */
function changeText({ added, removed, changed }: FleetChange): string | null {
  const part = (names: readonly string[], what: string): readonly string[] =>
    names.length === 0 ? [] : [`${what} ${names.length > 3 ? plural(names.length, 'cluster') : names.join(', ')}`];
  const parts = [...part(added, 'adds'), ...part(removed, 'takes away'), ...part(changed, 'changes')];
  return parts.length === 0 ? null : `the kubeconfig ${parts.join(', ')}`;
}
