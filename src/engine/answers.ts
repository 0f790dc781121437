// Questions that are asked once and answered once.
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Fleet } from './fleet/fleet.ts';
import { unitRights } from './fleet/unit-rights.ts';
import type { KubePort } from './kube-port.ts';
import type { ProblemBook } from './problems/book.ts';
import type { ResourceTables } from './resources/resource-tables.ts';
import type { Table } from './tables/table.ts';
import { type ClusterId, type ObjectRef, resourceName } from '../core/ids.ts';
import { text } from '../core/object.ts';
import { ApiError } from '../kube/api-error.ts';
import { loginCommand } from '../kube/credentials/login.ts';
import type {
  Answer,
  LockView,
  ProblemDetail,
  ProgramConsent,
  Question,
  ResourceEntry,
  SavedLog,
} from '../protocol/messages.ts';
import { saveFolders, saveNew } from '../platform/save-file.ts';
import type { Clock } from '../platform/clock.ts';
import { savedLogLine, savedLogName } from './logs/saved-log.ts';
import type { ActionDesk } from './actions/action-desk.ts';
import type { LogStreams } from './logs/log-streams.ts';
import { containersOf } from './documents/containers.ts';
import { relatedTo } from './documents/related.ts';
import { fetchObject } from './documents/fetch-object.ts';
import { whatIsWrong } from './problems/what-is-wrong.ts';
import { ownTime } from './tables/stored-row.ts';
import { problemOf } from './problems/problem-row.ts';

/** What questions are answered from: the engine, as far as they need it. */
export type Answering = {
  readonly fleetOf: Fleet;
  readonly book: ProblemBook;
  readonly tables: ReadonlyMap<string, Table>;
  readonly resources: ResourceTables;
  readonly logStreams: LogStreams;
  readonly desk: ActionDesk;
  readonly options: {
    readonly kube: KubePort;
    readonly telemetry: Telemetry;
    readonly clock: Clock;
    readonly folders?: () => readonly string[];
  };
};

const yes = (value: unknown = null): Answer => ({ ok: true, value });
const no = (message: string): Answer => ({ ok: false, message });

export async function answer(core: Answering, question: Question): Promise<Answer> {
  const { fleetOf: fleet } = core;
  switch (question.ask) {
    case 'retry': {
      const units = question.cluster === null ? fleet.units : [fleet.unit(question.cluster)];
      for (const unit of units) unit?.retryNow();
      core.resources.retryNow(question.cluster);
      return yes();
    }
    case 'list-again':
      for (const unit of fleet.units) unit.watches?.listAgain(question.table);
      if (!core.tables.has(question.table)) core.resources.find(question.table)?.retryNow(null);
      return yes();
    case 'connect':
      fleet.connect(question.clusters);
      return yes();
    case 'identity':
      return fleet.useIdentity(question.cluster, question.context)
        ? yes()
        : no(`this cluster is not reached by a context ${question.context}`);
    case 'login-command': {
      const unit = fleet.unit(question.cluster);
      if (unit === undefined) return no('this cluster is not known');
      // Its login may be the plugin itself: that must not run either.
      if ((await wantedConsent(core, question.cluster)) !== null)
        return no('its credential plugin was not allowed yet');
      const command = unit.connection === null ? loginCommand(unit.context, null) : unit.connection.loginCommand();
      return command === null
        ? no(
            `no command is known that renews the login of ${unit.context.name}; its kubeconfig entry has to be renewed`,
          )
        : yes(command);
    }
    case 'consent':
      return yes(await wantedConsent(core, question.cluster));
    case 'allow':
      return allow(core, question);
    case 'logged-in':
      for (const unit of fleet.sharingLogin(question.cluster)) {
        // A plugin that is told about its cluster prints a credential for that one; the others ask it anew.
        const { auth } = unit.context;
        const isOwn = unit.face.id === question.cluster || auth.type !== 'exec' || !auth.exec.provideClusterInfo;
        unit.loggedIn(isOwn ? question.printed : undefined);
      }
      return yes();
    case 'rights': {
      const unit = fleet.unit(question.cluster);
      const rights = unit === undefined ? null : await unitRights(unit);
      return rights === null ? no('this cluster is not connected') : yes(rights);
    }
    case 'resources':
      return yes(resourceEntries(core));
    case 'problem':
      return problem(core, question.key);
    case 'save-logs':
      return saveLogs(core, question);
    case 'uid':
      return uidOf(core, question.ref);
    case 'containers':
      return containers(core, question.ref);
    case 'related':
      return related(core, question.ref);
    case 'why':
      return yes(whatIsWrong(core, question.about));
    case 'actions':
      return yes(await core.desk.records());
    case 'revisions': {
      const found = await core.desk.revisions(question.ref);
      return typeof found === 'string' ? no(found) : yes(found);
    }
    case 'lock':
      return lock(core, question);
    case 'metrics':
      return yes(core.options.telemetry.metrics.snapshot());
  }
}

function lock({ desk, fleetOf }: Answering, { cluster, toggle }: Extract<Question, { ask: 'lock' }>): Answer {
  const { locks } = desk;
  if (locks === null) return yes({ isReadOnly: true, isLocked: true, armedUntil: null } satisfies LockView);
  const isProtected = cluster !== null && fleetOf.isProtected(cluster);
  if (toggle && !locks.isReadOnly) {
    // One thing at a time: what is locked is unlocked first, and a protected cluster is armed by the next press only.
    if (locks.isLocked || !isProtected) locks.isLocked = !locks.isLocked;
    else if (locks.armedUntil(cluster) === null) locks.arm(cluster);
    else locks.disarm(cluster);
  }
  return yes({
    isReadOnly: locks.isReadOnly,
    isLocked: locks.isLocked,
    armedUntil: isProtected ? locks.armedUntil(cluster) : null,
  } satisfies LockView);
}

async function wantedConsent(core: Answering, cluster: ClusterId): Promise<ProgramConsent | null> {
  const unit = core.fleetOf.unit(cluster);
  const { consents } = core.options.kube;
  return unit === undefined || consents === undefined ? null : consents.wanted(unit.context);
}

async function allow(core: Answering, { cluster, program }: Extract<Question, { ask: 'allow' }>): Promise<Answer> {
  const { consents } = core.options.kube;
  const wanted = await wantedConsent(core, cluster);
  if (consents === undefined || wanted === null) return yes(null);
  if (wanted.path !== program.path || wanted.sha256 !== program.sha256)
    return no('the program has changed since you looked: look at it again');
  const trouble = await consents.allow(program);
  for (const unit of core.fleetOf.units) {
    const { auth } = unit.context;
    if (auth.type === 'exec' && auth.exec.command === program.path) unit.loggedIn();
  }
  return yes(trouble);
}

function problem({ book }: Answering, key: string): Answer {
  const problems = Array.from(book.folded(key), problemOf);
  if (problems.length === 0) return no('this problem is over');
  return yes({ key, problems } satisfies ProblemDetail);
}

async function saveLogs(core: Answering, question: Extract<Question, { ask: 'save-logs' }>): Promise<Answer> {
  const session = core.logStreams.find(question.selector, question.options);
  if (session === undefined) return no('these logs are not open any more');
  const nameOf = (cluster: ClusterId): string => core.fleetOf.unit(cluster)?.face.name ?? cluster;
  const { folders = saveFolders, clock } = core.options;
  const name = savedLogName(question.selector, clock.now());
  let lines = 0;
  const counted = function* (): Generator<string> {
    lines = 0;
    for (const line of session.matching()) {
      lines++;
      yield savedLogLine(line, nameOf(line.cluster));
    }
  };
  const saved = await saveNew(folders(), name, counted);
  return saved.ok ? yes({ path: saved.path, lines } satisfies SavedLog) : no(saved.message);
}

async function uidOf(core: Answering, ref: ObjectRef): Promise<Answer> {
  const unit = core.fleetOf.unit(ref.cluster);
  const connection = unit?.connection;
  if (unit === undefined || connection == null) return no('this cluster is not connected');
  try {
    return yes(text(await fetchObject(connection.session, ref, unit.signal), 'metadata', 'uid'));
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return yes(null);
    return no(error instanceof Error ? error.message : String(error));
  }
}

async function containers(core: Answering, ref: Extract<Question, { ask: 'containers' }>['ref']): Promise<Answer> {
  const unit = core.fleetOf.unit(ref.cluster);
  const connection = unit?.connection;
  if (unit === undefined || connection == null) return no('this cluster is not connected');
  try {
    const own = (time: number | null): number | null => (time === null ? null : ownTime(unit.face, time));
    const found = containersOf(await fetchObject(connection.session, ref, unit.signal));
    return yes(found.map((one) => ({ ...one, since: own(one.since), lastAt: own(one.lastAt) })));
  } catch (error) {
    return no(error instanceof Error ? error.message : String(error));
  }
}

async function related(core: Answering, ref: ObjectRef): Promise<Answer> {
  const unit = core.fleetOf.unit(ref.cluster);
  if (unit === undefined) return no('this cluster is not known');
  try {
    return yes(await relatedTo(unit, ref));
  } catch (error) {
    return no(error instanceof Error ? error.message : String(error));
  }
}

/** Everything `:` can open: tables, and every resource that some connected cluster lists. */
function resourceEntries(core: Answering): readonly ResourceEntry[] {
  const entries = new Map<string, ResourceEntry>();
  for (const [id, table] of core.tables)
    entries.set(`table ${id}`, {
      table: id,
      kind: table.shape.title,
      names: [id],
      group: '',
      namespaced: true,
      clusters: core.fleetOf.units.filter((unit) => unit.isConnected).length,
    });
  for (const { discovery } of core.fleetOf.units)
    for (const resource of discovery?.resources ?? []) {
      if (!resource.preferred || !resource.verbs.includes('list')) continue;
      const name = resourceName(resource);
      const known = entries.get(name);
      const words = [resource.resource, resource.singular, ...resource.shortNames, resource.kind.toLowerCase()];
      entries.set(name, {
        table: name,
        kind: resource.kind,
        names: [...new Set([...(known?.names ?? []), ...words.filter((word) => word !== '')])],
        group: resource.group,
        namespaced: resource.namespaced,
        clusters: (known?.clusters ?? 0) + 1,
      });
    }
  return [...entries.values()];
}
