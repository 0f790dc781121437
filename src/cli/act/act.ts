// `flagbridge scale|rollback|restart KIND/NAME`: the same guarded path as the screen's. Every target is planned and checked
// before the first one is changed; nothing is sent without a confirmation.
import type { Action } from '../../actions/action.ts';
import type { ActionOutcome, ActionWish, Confirmation } from '../../core/action.ts';
import type { ObjectRef } from '../../core/ids.ts';
import type { EngineCore } from '../../engine/core.ts';
import { exitCodes } from '../arguments.ts';
import type { Output } from '../output.ts';
import type { Doing, WriteInvocation } from './doing.ts';
import { askOnTerminal } from './ask-on-terminal.ts';
import { confirmationOf } from './given-confirmation.ts';
import { findTargets, type Found } from './find-targets.ts';
import { planLines, resultItem } from './show-plan.ts';

export async function act(core: EngineCore, output: Output, asked: WriteInvocation): Promise<number> {
  const { flags, kind, name } = asked;
  const targets = await findTargets(core, asked, flags);
  for (const line of targets.errors) output.note(line);
  if (targets.found.length === 0) {
    if (targets.without.length > 0) output.note(`${kind}/${name}: not found in ${targets.without.join(', ')}`);
    return targets.errors.length > 0 ? exitCodes.partial : exitCodes.failed;
  }
  // The wrong cluster is one forgotten flag away: where a name stands for several, they are to be named.
  if (targets.found.length > 1 && flags.clusters.length === 0) {
    const where = targets.found.map((one) => one.cluster).join(', ');
    output.note(`${kind}/${name} is in ${where}: name the clusters that are meant with --cluster`);
    return exitCodes.usage;
  }
  // A write to some of what was named is not what was asked for.
  if (targets.errors.length > 0) {
    output.note('nothing was sent: not every cluster that is named has answered');
    return exitCodes.partial;
  }
  const doings: Doing[] = [];
  for (const found of targets.found) {
    armConfirmed(core, found, asked);
    const opened = core.desk.open(wishOf(asked, found.ref));
    if (!opened.ok) {
      output.note(`${found.cluster}: ${opened.reason}`);
      return exitCodes.failed;
    }
    doings.push({ found, action: opened.action });
  }
  await Promise.all(doings.map(({ action }) => action.prepare()));
  return await lead(doings, output, asked);
}

const wishOf = (asked: WriteInvocation, target: ObjectRef): ActionWish => {
  switch (asked.command) {
    case 'scale':
      return { verb: 'scale', target, replicas: asked.replicas };
    case 'rollback':
      return { verb: 'rollback', target, revision: asked.revision };
    case 'restart':
      return { verb: 'restart', target };
    case 'switch':
      return { verb: 'switch', target, to: asked.to };
  }
};

/** `--confirm CLUSTER/NAME` arms a protected cluster for this one command; a dry run changes nothing and needs none. */
function armConfirmed(core: EngineCore, { cluster, ref }: Found, { confirms, isDryRun }: WriteInvocation): void {
  if (isDryRun || confirms.includes(`${cluster}/${ref.name}`)) core.options.writes?.locks.arm(ref.cluster);
}

async function lead(doings: readonly Doing[], output: Output, asked: WriteInvocation): Promise<number> {
  const isJson = asked.flags.output === 'json';
  if (!isJson) for (const doing of doings) for (const line of planLines(doing)) output.line(line);
  const impossible = doings.filter(({ action }) => refusalOf(action) !== null);
  for (const { found, action } of impossible) output.note(`${found.cluster}: ${refusalOf(action)}`);
  if (asked.isDryRun || impossible.length > 0) {
    if (isJson) printJson(output, doings, []);
    return impossible.length > 0 ? exitCodes.failed : exitCodes.done;
  }
  const given: Confirmation[] = [];
  for (const doing of doings) {
    const confirmation = confirmationOf(doing, asked) ?? (await askOnTerminal(doing, output));
    if (confirmation === null) {
      output.note(`nothing was sent: ${doing.found.cluster}/${doing.found.ref.name} was not confirmed`);
      return exitCodes.notConfirmed;
    }
    given.push(confirmation);
  }
  const outcomes = await applyAll(doings, given, output, asked.waits);
  if (isJson) printJson(output, doings, outcomes);
  return outcomes.every((outcome) => outcome?.result === 'done') ? exitCodes.done : exitCodes.failed;
}

/** One after the other; the first that fails stops those that have not been sent. */
async function applyAll(
  doings: readonly Doing[],
  given: readonly Confirmation[],
  output: Output,
  waits: boolean,
): Promise<readonly (ActionOutcome | undefined)[]> {
  const outcomes: ActionOutcome[] = [];
  for (const [i, { found, action }] of doings.entries()) {
    const answer = await action.confirm(given[i] ?? { type: 'key' });
    const outcome: ActionOutcome = answer.ok
      ? await whenSent(action, waits)
      : { result: 'refused', text: answer.reason };
    outcomes.push(outcome);
    const words = `${found.cluster}/${found.ref.name}: ${outcome.text}`;
    output.note(words);
    if (outcome.result === 'done') continue;
    const left = doings.slice(i + 1).map((one) => one.found.cluster);
    if (left.length > 0) output.note(`not tried: ${left.join(', ')}`);
    break;
  }
  return doings.map((_, i) => outcomes[i]);
}

/** How it ended; without waiting: that the server has taken it. */
function whenSent(action: Action, waits: boolean): Promise<ActionOutcome> {
  const { promise, resolve } = Promise.withResolvers<ActionOutcome>();
  const look = (): void => {
    const { at } = action.view;
    if (at.phase === 'ended') resolve(at.outcome);
    else if (!waits && (at.phase === 'tracking' || at.phase === 'holding'))
      resolve({ result: 'done', text: 'applied' });
  };
  const listening = action.onChange(look);
  look();
  return promise.finally(() => listening[Symbol.dispose]());
}

/** Why nothing can be sent; null: it can. */
function refusalOf({ view: { at } }: Action): string | null {
  if (at.phase === 'impossible') return at.reason;
  if (at.phase === 'asking' && at.check.state === 'refused') return at.check.reason;
  return at.phase === 'ended' ? at.outcome.text : null;
}

function printJson(output: Output, doings: readonly Doing[], outcomes: readonly (ActionOutcome | undefined)[]): void {
  const items = doings.map((doing, i) => resultItem(doing, outcomes[i] ?? null));
  output.line(JSON.stringify({ apiVersion: 'flagbridge/v1', kind: 'ActionList', items }, null, 2));
}
