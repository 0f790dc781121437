// What can be done about a cluster's connection: connect, retry, log in, use another identity, make it the scope.
import type { ClusterId } from '../core/ids.ts';
import { formatScope } from '../core/scope.ts';
import type { LoginCommand, ProgramConsent } from '../protocol/messages.ts';
import { type App, clusterById, clusterLabel, say } from './app.ts';
import { setScope } from './typing.ts';

export function connect(app: App, id: ClusterId): void {
  say(app, 'info', 'connecting', id);
  void answered(app, app.engine.ask({ ask: 'connect', clusters: [id] }), id);
}

/** Tries again what failed; null: every cluster that is not live. */
export function retry(app: App, id: ClusterId | null): void {
  say(app, 'info', id === null ? 'trying again every cluster that is not live' : 'trying again', id);
  void answered(app, app.engine.ask({ ask: 'retry', cluster: id }), id);
}

export function switchIdentity(app: App, id: ClusterId, context: string): void {
  say(app, 'info', `using ${context}`, id);
  void answered(app, app.engine.ask({ ask: 'identity', cluster: id, context }), id);
}

/** The cluster becomes the scope of all panes, and the deck is in sight again. */
export function useAsScope(app: App, id: ClusterId): void {
  const ui = app.ui.getState();
  const name = clusterLabel(ui, id);
  setScope(app, formatScope({ ...ui.scope, clusters: [name] }));
  app.ui.setState({ focus: 'workloads', main: 'workloads', isZoomed: false, places: [] });
  say(app, 'info', `scope is ${name}, f changes it`, id);
}

/**
 * Lends the terminal to the login of a cluster; one login heals every cluster of that identity. A plugin that was not
 * allowed yet is asked about instead.
 */
export async function login(app: App, id: ClusterId): Promise<void> {
  const consent = await app.engine.ask({ ask: 'consent', cluster: id });
  const program = consent.ok ? readConsent(consent.value) : null;
  if (program !== null) {
    // The answer may come while something else is being decided: a `y` for that must not allow a program.
    if (app.ui.getState().sheet !== null) return say(app, 'info', 'a program wants to be allowed: Enter shows it', id);
    return app.ui.setState({ sheet: { type: 'consent', cluster: id, program, chosen: 0 } });
  }
  const answer = await app.engine.ask({ ask: 'login-command', cluster: id });
  if (!answer.ok) return say(app, 'fail', answer.message, id);
  const command = readLoginCommand(answer.value);
  if (command === null)
    return say(app, 'warn', 'no command is known that logs in here; log in elsewhere, then press R', id);
  // A password is about to be typed: for which cluster, and into what.
  const name = clusterLabel(app.ui.getState(), id);
  const ended = await app.ports.lend(command, `Logging in to ${name}: ${command.title}`);
  if ('failed' in ended) return say(app, 'fail', `login did not start: ${ended.failed}`, id);
  if (ended.code !== 0)
    return say(app, 'warn', `${command.command[0] ?? 'the login'} ended with ${ended.code}; Enter tries again`, id);
  say(app, 'info', 'logged in, connecting', id);
  await answered(
    app,
    app.engine.ask({
      ask: 'logged-in',
      cluster: id,
      ...(ended.printed === undefined ? {} : { printed: ended.printed }),
    }),
    id,
  );
}

/** The person has looked at the program and allows it. */
export async function allowProgram(app: App, id: ClusterId, program: ProgramConsent): Promise<void> {
  const answer = await app.engine.ask({ ask: 'allow', cluster: id, program });
  if (!answer.ok) return say(app, 'fail', answer.message, id);
  if (typeof answer.value === 'string') return say(app, 'warn', `allowed for this run only: ${answer.value}`, id);
  say(app, 'info', 'allowed, connecting', id);
}

/** The command that heals a cluster, when it needs one. */
export function loginText(app: App, id: ClusterId): string | null {
  const cluster = clusterById(app.ui.getState(), id);
  return cluster?.state.phase === 'login' ? cluster.state.command : null;
}

async function answered(
  app: App,
  asked: Promise<{ readonly ok: boolean; readonly message?: string }>,
  id: ClusterId | null,
): Promise<void> {
  const answer = await asked;
  if (!answer.ok) say(app, 'fail', answer.message ?? 'the engine refused', id);
}

function readConsent(value: unknown): ProgramConsent | null {
  if (typeof value !== 'object' || value === null || !('path' in value) || !('sha256' in value)) return null;
  const { path, sha256 } = value;
  return typeof path === 'string' && typeof sha256 === 'string' ? { path, sha256 } : null;
}

function readLoginCommand(value: unknown): LoginCommand | null {
  if (typeof value !== 'object' || value === null || !('command' in value)) return null;
  const { command } = value;
  return Array.isArray(command) && command.length > 0 ? (value as LoginCommand) : null;
}
