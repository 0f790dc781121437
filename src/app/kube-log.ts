// What the kube layer does, for the debug log of --log-file: connections, logins, discovery, watches. Wraps the port, so
// that without a log nothing of it runs.
import { ApiError } from '../kube/api-error.ts';
import type { SessionEvent } from '../kube/session/contract.ts';
import type { KubePort, TableEvent, WatchRequest } from '../engine/kube-port.ts';
import type { WatchEvent } from '../kube/reflect/watch-event.ts';
import type { DebugLog, LogFields } from '../telemetry/debug-log.ts';

/** The same port, which tells the log. Objects and their names are never written, only kinds and namespaces. */
export function withLog(kube: KubePort, log: DebugLog): KubePort {
  if (!log.isOn) return kube;
  return {
    ...kube,
    connect: (context) => {
      const { name, server, user, file } = context;
      log.write('connect', {
        context: name,
        server,
        user,
        file,
        auth: context.auth.type,
        proxied: context.proxy !== null,
      });
      const connection = kube.connect(context);
      connection.session.on((event) =>
        sessionEvent(event, (name_, fields) => log.write(name_, { context: name, ...fields })),
      );
      return connection;
    },
    discover: async (session, signal) => {
      const begin = performance.now();
      const context = session.context.name;
      try {
        const found = await kube.discover(session, signal);
        const { resources, failed } = found.discovery;
        log.write('discovery', {
          context,
          ms: Math.round(performance.now() - begin),
          resources: resources.length,
          failed: failed.map((one) => `${one.groupVersion}: ${one.reason}`).join('; '),
        });
        return found;
      } catch (error) {
        log.write('discovery failed', { context, ...failure(error) });
        throw error;
      }
    },
    watch: (request) => {
      const tell = watchLog(request, log);
      return kube.watch({
        ...request,
        onEvents: (events) => {
          for (const event of events) tell(event);
          request.onEvents(events);
        },
      });
    },
    watchTable: (request) => {
      const tell = watchLog(request, log);
      return kube.watchTable({
        ...request,
        onEvents: (events) => {
          for (const event of events) tell(event);
          request.onEvents(events);
        },
      });
    },
  };
}

type Write = (event: string, fields: LogFields) => void;

function sessionEvent(event: SessionEvent, write: Write): void {
  switch (event.type) {
    case 'connected':
      return write('connected', { protocol: event.protocol });
    case 'skew':
      return write('clock', { aheadMs: event.ms });
    case 'silent':
      return write('silent', { since: new Date(event.since).toISOString() });
    case 'lost':
      return write('lost', { ...failure(event.error), retryInMs: event.retryInMs });
    case 'credentials':
      return write('credentials', event.error === null ? { accepted: true } : failure(event.error));
    case 'heard':
      return;
  }
}

/** What became of one watch; single objects are not told. */
function watchLog(
  request: Omit<WatchRequest, 'pick' | 'onEvents'>,
  log: DebugLog,
): (event: WatchEvent | TableEvent) => void {
  const { type, namespace, session } = request;
  const about = {
    context: session.context.name,
    resource: `${type.resource}${type.group === '' ? '' : `.${type.group}`}/${type.version}`,
    namespace,
  };
  let startedAt = 0;
  return (event) => {
    switch (event.type) {
      case 'sync-started':
        startedAt = performance.now();
        return;
      case 'synced':
        return log.write('synced', { ...about, ms: Math.round(performance.now() - startedAt) });
      case 'interrupted':
        return log.write('interrupted', { ...about, ...failure(event.error), retryInMs: event.retryInMs });
      case 'denied':
        return log.write('denied', { ...about, ...failure(event.error) });
      case 'polled':
        return log.write('polled', { ...about, ...(event.error === null ? {} : failure(event.error)) });
      case 'resumed':
      case 'absent':
        return log.write(event.type, about);
      default:
        return;
    }
  };
}

const failure = (error: unknown): LogFields =>
  error instanceof ApiError
    ? { error: error.kind, code: error.code, message: error.message }
    : { error: 'unexpected', message: String(error) };
