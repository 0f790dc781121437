// One action as the protocol's subscription: the other end leads it, and may go away while it is under way.
import { type ActionView, type ActionWish, neverBegun } from '../../core/action.ts';
import type { Action } from '../../actions/action.ts';
import type { ActionSource } from '../../protocol/server.ts';
import type { ActionDesk } from './action-desk.ts';

/** `known`: the id of an action that was sent; it is told of and never done again. */
export function actionSource(
  desk: ActionDesk,
  wish: ActionWish,
  known: string | null,
  changed: () => void,
): ActionSource {
  if (known !== null) return sent(desk, wish, known, changed);
  const opened = desk.open(wish);
  if (!opened.ok) return ended(neverBegun(wish, opened.reason, desk.now()));
  void opened.action.prepare();
  return live(opened.action, changed);
}

function live(action: Action, changed: () => void): ActionSource {
  const listening = action.onChange(changed);
  return {
    change: () => undefined,
    read: () => action.view,
    confirm: (given) => void action.confirm(given),
    cancel: () => action.cancel(),
    [Symbol.dispose]() {
      listening[Symbol.dispose]();
      if (!action.isUnderWay) action.cancel();
    },
  };
}

/** Of this engine, or of one that is gone: then nobody saw what became of it. */
function sent(desk: ActionDesk, wish: ActionWish, id: string, changed: () => void): ActionSource {
  const action = desk.actions.find((one) => one.id === id);
  if (action !== undefined) return live(action, changed);
  const text = 'the engine was started again while it was under way: look at the object, :actions has the journal';
  return ended({
    id,
    wish,
    plan: null,
    at: { phase: 'ended', outcome: { result: 'unknown', text } },
    since: desk.now(),
  });
}

const ended = (view: ActionView): ActionSource => ({
  change: () => undefined,
  read: () => view,
  confirm: () => undefined,
  cancel: () => undefined,
  [Symbol.dispose]: () => undefined,
});
