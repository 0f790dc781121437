// Writes as the screen leads them: the target is the row under the cursor at the key press, and stays it. Whoever closes a
// sheet leaves what was not confirmed, and never what was sent.
import type { ActionRecord, ActionView, ActionWish, Confirmation, RevisionView } from '../core/action.ts';
import type { ObjectRef } from '../core/ids.ts';
import type { LiveAction } from '../protocol/engine.ts';
import type { LockView } from '../protocol/messages.ts';
import { type App, clusterLabel, say } from './app.ts';
import { inputOf, type TextInput } from './text-input.ts';
import type { ActionSheet, UiState } from './ui.ts';

/** A write that this screen began, newest last; it outlives its sheet. */
type Led = {
  readonly live: LiveAction;
  view: ActionView | null;
  /** A confirmation is on its way: it may be sent at any moment. */
  isConfirming: boolean;
};

const ledBy = new WeakMap<App, Led[]>();
const led = (app: App): Led[] => {
  const known = ledBy.get(app) ?? [];
  ledBy.set(app, known);
  return known;
};

/** What this screen began, the newest first. */
export const begunActions = (app: App): readonly ActionView[] =>
  led(app)
    .flatMap(({ view }) => (view === null ? [] : [view]))
    .reverse();

/** Sent, and not yet at its end. */
export const isUnderWay = ({ at }: ActionView): boolean =>
  at.phase === 'applying' || at.phase === 'tracking' || at.phase === 'holding';

const sheetOf = (app: App, target: ObjectRef): ActionSheet => ({
  type: 'action',
  target,
  lead: null,
  view: null,
  field: null,
  number: null,
  name: inputOf(''),
  reason: inputOf(''),
  frame: app.ports.framesBegun(),
  chosen: 0,
});

/** Asks for the number first; each number that is typed is planned and checked at once. */
export const askScale = (app: App, target: ObjectRef): void =>
  app.ui.setState({ sheet: { ...sheetOf(app, target), field: 'number', number: inputOf('') } });

/** Opens the plan of a wish that needs nothing more. */
export function openAction(app: App, wish: ActionWish): void {
  app.ui.setState({ sheet: sheetOf(app, wish.target) });
  begin(app, wish);
}

/** The list of what a rollback can go back to. */
export async function askRevision(app: App, target: ObjectRef): Promise<void> {
  app.ui.setState({ sheet: { type: 'revisions', target, revisions: null, chosen: 0 } });
  const answer = await app.engine.ask({ ask: 'revisions', ref: target });
  const revisions = answer.ok ? (answer.value as readonly RevisionView[]) : answer.message;
  app.ui.setState((ui) =>
    ui.sheet?.type === 'revisions' && ui.sheet.target === target
      ? { sheet: { ...ui.sheet, revisions, chosen: firstOther(revisions) } }
      : {},
  );
}

/** The newest that is not the current one: what a rollback most often means. */
const firstOther = (revisions: readonly RevisionView[] | string): number =>
  typeof revisions === 'string'
    ? 0
    : Math.max(
        0,
        revisions.findIndex((one) => !one.isCurrent),
      );

function begin(app: App, wish: ActionWish): void {
  const all = led(app);
  const lead = all.length;
  const mine: Led = {
    view: null,
    isConfirming: false,
    live: app.engine.action(wish, (view) => heard(app, lead, view)),
  };
  all.push(mine);
  app.ui.setState((ui) => withSheet(ui, (sheet) => ({ ...sheet, lead, view: null, frame: app.ports.framesBegun() })));
  if (mine.view !== null) heard(app, lead, mine.view);
}

function heard(app: App, lead: number, view: ActionView): void {
  const mine = led(app)[lead];
  if (mine !== undefined) {
    mine.view = view;
    if (view.at.phase !== 'asking' || view.at.trouble !== null) mine.isConfirming = false;
  }
  app.ui.setState((ui) =>
    withSheet(ui, (sheet) =>
      sheet.lead === lead
        ? { ...typedFor(sheet, view), view, field: fieldFor(sheet, view), frame: app.ports.framesBegun() }
        : sheet,
    ),
  );
  if (view.at.phase === 'ended') tellEnd(app, lead, view);
  if (view.at.phase === 'asking' && view.at.trouble !== null) leaveUnconfirmed(app, lead, view.at.trouble);
}

/** What was typed was typed for one plan: another one of the same wish (an engine that was started again) is confirmed anew. */
const typedFor = (sheet: ActionSheet, { id }: ActionView): ActionSheet =>
  sheet.view === null || sheet.view.id === id ? sheet : { ...sheet, name: inputOf(''), reason: inputOf('') };

/** A confirmation that did not count, of an action whose sheet was closed meanwhile. */
function leaveUnconfirmed(app: App, lead: number, trouble: string): void {
  const { sheet } = app.ui.getState();
  const mine = led(app)[lead];
  if (mine === undefined || (sheet?.type === 'action' && sheet.lead === lead)) return;
  mine.live[Symbol.dispose]();
  say(app, 'warn', `nothing was sent: ${trouble}`, mine.view?.wish.target.cluster ?? null);
}

/** The field that has to be filled in now. */
function fieldFor(sheet: ActionSheet, { at }: ActionView): ActionSheet['field'] {
  if (sheet.field === 'number' || at.phase !== 'asking' || at.needed.type === 'key')
    return at.phase === 'asking' || at.phase === 'planning' || at.phase === 'impossible' ? sheet.field : null;
  return sheet.field ?? 'name';
}

function tellEnd(app: App, lead: number, { wish, at }: ActionView): void {
  if (at.phase !== 'ended' || at.outcome.result === 'cancelled') return;
  const { sheet } = app.ui.getState();
  // Who looks at it reads it there.
  if (sheet?.type === 'action' && sheet.lead === lead) return;
  const { result, text } = at.outcome;
  const severity = result === 'done' ? 'ok' : result === 'unknown' || result === 'reverted' ? 'warn' : 'fail';
  say(app, severity, `${wish.target.name}: ${text}`, wish.target.cluster);
}

const withSheet = (ui: UiState, change: (sheet: ActionSheet) => ActionSheet): Partial<UiState> =>
  ui.sheet?.type === 'action' ? { sheet: change(ui.sheet) } : {};

/** What is typed into the field that is open. A number is planned as soon as it is one. */
export function setField(app: App, input: TextInput): void {
  const { sheet } = app.ui.getState();
  if (sheet?.type !== 'action' || sheet.field === null) return;
  app.ui.setState({ sheet: { ...sheet, [sheet.field]: input } });
  if (sheet.field !== 'number') return;
  if (sheet.lead !== null) led(app)[sheet.lead]?.live[Symbol.dispose]();
  const replicas = /^\d{1,6}$/.test(input.text) ? Number(input.text) : null;
  if (replicas !== null) return begin(app, { verb: 'scale', target: sheet.target, replicas });
  app.ui.setState((ui) => withSheet(ui, (now) => ({ ...now, lead: null, view: null })));
}

/**
 * Enter, and `y` where nothing is typed: on to the next field, or the confirmation. A key counts only when the frame that
 * shows what it confirms has been on the screen.
 */
export function confirm(app: App, key: 'enter' | 'y'): void {
  const { sheet } = app.ui.getState();
  if (sheet?.type !== 'action' || sheet.lead === null || sheet.view?.at.phase !== 'asking') return;
  const { needed } = sheet.view.at;
  if (needed.type === 'key') return key === 'y' ? send(app, sheet, { type: 'key' }) : undefined;
  if (sheet.field === 'number') return app.ui.setState({ sheet: { ...sheet, field: 'name' } });
  if (key !== 'enter') return;
  if (sheet.field === 'name' && needed.reason && sheet.name.text === needed.text)
    return app.ui.setState({ sheet: { ...sheet, field: 'reason' } });
  send(app, sheet, { type: 'typed', text: sheet.name.text, reason: sheet.reason.text });
}

function send(app: App, sheet: ActionSheet, given: Confirmation): void {
  if (app.ports.framesShown() <= sheet.frame) return say(app, 'info', 'look at it first, then confirm');
  if (!app.ui.getState().isEngineAlive) return say(app, 'info', 'no action until the engine speaks again');
  const mine = sheet.lead === null ? undefined : led(app)[sheet.lead];
  if (mine === undefined || mine.isConfirming) return;
  mine.isConfirming = true;
  mine.live.confirm(given);
}

/** Closes the sheet. What was not confirmed is left; what was sent goes on. */
export function leaveAction(app: App): void {
  const { sheet } = app.ui.getState();
  app.ui.setState({ sheet: null });
  if (sheet?.type !== 'action' || sheet.lead === null) return;
  const mine = led(app)[sheet.lead];
  if (mine === undefined) return;
  if (mine.isConfirming || (mine.view !== null && isUnderWay(mine.view)))
    return say(app, 'info', `${mine.view?.plan?.title ?? 'it'} goes on`, sheet.target.cluster);
  mine.live[Symbol.dispose]();
  if (mine.view?.at.phase === 'asking') say(app, 'info', 'nothing was sent', sheet.target.cluster);
}

/** Takes the newest action back that can be. */
export function undoLast(app: App): void {
  const last = begunActions(app).find(
    ({ at, plan, wish }) =>
      plan?.undo != null && wish.verb !== 'undo' && (at.phase !== 'ended' || wasSent(at.outcome.result)) && isSent(at),
  );
  if (last === undefined) return say(app, 'info', 'nothing was done here that could be taken back');
  openAction(app, { verb: 'undo', target: last.wish.target, of: last.id });
}

const isSent = (at: ActionView['at']): boolean =>
  at.phase === 'tracking' || at.phase === 'holding' || at.phase === 'ended';
const wasSent = (result: string): boolean => result !== 'refused' && result !== 'cancelled';

/** What was done, by this run and earlier ones. */
export async function openJournal(app: App): Promise<void> {
  app.ui.setState({ sheet: { type: 'journal', records: null, input: inputOf(''), chosen: 0 } });
  const answer = await app.engine.ask({ ask: 'actions' });
  if (!answer.ok) return say(app, 'fail', answer.message);
  const records = answer.value as readonly ActionRecord[];
  app.ui.setState((ui) => (ui.sheet?.type === 'journal' ? { sheet: { ...ui.sheet, records } } : {}));
}

/** Takes back what a line of the journal did. */
export const undoRecord = (app: App, { id, target }: ActionRecord): void =>
  openAction(app, { verb: 'undo', target, of: id });

/** Ends the program; while writes are under way it asks first. */
export function quitOrAsk(app: App): void {
  const { sheet } = app.ui.getState();
  if (
    sheet?.type === 'quit' ||
    !led(app).some((one) => one.isConfirming || (one.view !== null && isUnderWay(one.view)))
  )
    return app.ports.quit();
  app.ui.setState({ sheet: { type: 'quit', chosen: 0 } });
}

/** Locks all writes, unlocks them, or arms the protected cluster of the row for 15 minutes. */
export async function toggleLock(app: App, cluster: ObjectRef['cluster'] | null): Promise<void> {
  const answer = await app.engine.ask({ ask: 'lock', cluster, toggle: true });
  if (!answer.ok) return say(app, 'fail', answer.message, cluster);
  const { isReadOnly, isLocked, armedUntil } = answer.value as LockView;
  if (isReadOnly) return say(app, 'info', 'started with --read-only: nothing can be written');
  app.ui.setState((ui) => ({
    writesLocked: isLocked,
    armed: { ...ui.armed, ...(cluster !== null && { [cluster]: armedUntil ?? 0 }) },
  }));
  if (isLocked) return say(app, 'warn', 'writes are locked, L unlocks them');
  if (cluster === null || armedUntil === null) return say(app, 'info', 'writes are on, L locks them', cluster);
  const minutes = Math.round((armedUntil - app.timers.now()) / 60_000);
  say(
    app,
    'warn',
    `${clusterLabel(app.ui.getState(), cluster)} is armed for ${minutes} min, L locks it again`,
    cluster,
  );
}
