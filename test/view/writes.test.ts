// Writes from the screen: the target is the row under the cursor when the key was pressed, only a key that comes behind the
// frame that shows it confirms, and nothing is sent by a paste, by typing ahead or twice.
import { expect, test } from 'vitest';
import type { ActionPhase, ActionView, ActionWish, PlanView } from '../../src/core/action.ts';
import { type Driver, drive } from '../support/screen-driver.ts';
import type { FakeEngine } from '../support/fake-engine.ts';
import { tellStory, workloads } from '../support/fleet-story.ts';

const plan = (change: Partial<PlanView> = {}): PlanView => ({
  title: 'Scale cart from 3 to 4',
  tier: 1,
  facts: [{ label: 'now', text: '3, 0 ready' }],
  warnings: [{ severity: 'warn', text: 'HPA cart (2–8) sets this number by its metrics' }],
  kubectl: 'kubectl --context run-eu -n shop scale deployments.apps/cart --replicas=4',
  undo: 'scale back to 3',
  ...change,
});

const asking = (change: Partial<Extract<ActionPhase, { phase: 'asking' }>> = {}): ActionPhase => ({
  phase: 'asking',
  check: {
    state: 'accepted',
    diff: [
      { sign: '-', text: 'replicas: 3' },
      { sign: '+', text: 'replicas: 4' },
    ],
    warnings: [],
  },
  needed: { type: 'key' },
  trouble: null,
  ...change,
});

const viewOf = (wish: ActionWish, at: ActionPhase, change: Partial<PlanView> = {}): ActionView => ({
  id: 'a-1',
  wish,
  plan: plan(change),
  at,
  since: 0,
});

/** The screen with the cursor on cart in run-eu. */
async function onCart(): Promise<Driver> {
  const d = await drive();
  await d.press('2', 'j');
  expect((await d.lines()).find((line) => line.startsWith('▌'))).toMatch(/cart +■run-eu/);
  return d;
}

/** The last action that was opened, told where it stands. */
async function tell(d: Driver, at: ActionPhase, change: Partial<PlanView> = {}) {
  const open = d.engine.actions.at(-1);
  if (open === undefined) throw new Error('no action was opened');
  open.tell(viewOf(open.wish, at, change));
  await d.wait(100);
  return open;
}

test('a number is planned while it is typed, and y confirms it once', async () => {
  const d = await onCart();
  await d.press('s');
  await d.press('4');
  const [target] = workloads.filter((row) => row.key === 'w/run-eu/cart').map((row) => row.ref);
  expect(d.engine.actions.map((open) => open.wish)).toEqual([{ verb: 'scale', target, replicas: 4 }]);

  const open = await tell(d, asking());
  const text = await d.text();
  expect(text).toMatch(/Scale cart from 3 to 4 {2}in ■run-eu ◆ protected/);
  expect(text).toMatch(/object +Deployment shop\/cart/);
  expect(text).toMatch(/watch out +▲ HPA cart/);
  expect(text).toMatch(/dry run +● accepted/);
  expect(text).toMatch(/\+ replicas: 4/);
  expect(text).toMatch(/y does it {3}Esc cancels, nothing is sent/);

  await d.press('y');
  expect(open.confirmations).toEqual([{ type: 'key' }]);
  await tell(d, { phase: 'applying' });
  await d.press('y', 'y');
  expect(open.confirmations).toHaveLength(1);
  await tell(d, { phase: 'ended', outcome: { result: 'done', text: 'done and stayed, 4/4 ready' } });
  await d.quit();
});

test('each number is an action of its own; what is left is closed', async () => {
  const d = await onCart();
  await d.press('s', '4', '0');
  expect(d.engine.actions.map(({ wish, isOpen }) => [wish.verb === 'scale' && wish.replicas, isOpen])).toEqual([
    [4, false],
    [40, true],
  ]);
  await d.press('backspace', 'backspace');
  expect(d.engine.actions.every(({ isOpen }) => !isOpen)).toBe(true);
  expect(await d.text()).toMatch(/type how many/);
  await d.press('esc');
  expect(await d.text()).not.toMatch(/Scale cart/);
  await d.quit();
});

test('keys that were typed ahead, and a paste, confirm nothing', async () => {
  const d = await onCart();
  await d.type('s4y');
  const open = await tell(d, asking());
  expect(open.confirmations).toEqual([]);
  await d.type('\x1b[200~y\x1b[201~');
  expect(open.confirmations).toEqual([]);
  await d.quit();
});

test('the target stays the row of the key press, whatever the list does', async () => {
  const d = await onCart();
  await d.press('r');
  const moved = [...workloads].reverse();
  const query = d.engine.queries.find((one) => one.query.table === 'workloads' && one.isOpen);
  const window = query === undefined ? undefined : d.engine.answerQuery(query.query);
  if (window !== undefined) query?.tell({ ...window, rows: moved });
  const open = await tell(d, asking(), { title: 'Restart cart', tier: 2 });
  await d.press('y');

  expect(open.wish.target.uid).toBe('uid-run-eu-cart');
  expect(open.confirmations).toEqual([{ type: 'key' }]);
  await tell(d, { phase: 'ended', outcome: { result: 'done', text: 'done' } });
  await d.quit();
});

test('a protected cluster wants the name typed, not pasted; Enter confirms it', async () => {
  const d = await onCart();
  await d.press('r');
  const needed = { type: 'typed', text: 'cart', reason: false } as const;
  const open = await tell(d, asking({ needed }), { title: 'Restart cart', tier: 2 });
  expect(await d.text()).toMatch(/◆ Type cart/);
  await d.type('\x1b[200~cart\x1b[201~');
  await d.press('y', 'enter');
  expect(open.confirmations).toEqual([{ type: 'typed', text: 'y', reason: '' }]);

  await tell(d, asking({ needed, trouble: 'that is not cart' }));
  expect(await d.text()).toMatch(/✕ that is not cart/);
  await d.press('backspace', 'c', 'a', 'r', 't', 'enter');
  expect(open.confirmations.at(-1)).toEqual({ type: 'typed', text: 'cart', reason: '' });
  await tell(d, { phase: 'ended', outcome: { result: 'done', text: 'done' } });
  await d.quit();
});

test('what was typed for one plan does not confirm another', async () => {
  const d = await onCart();
  await d.press('r');
  const needed = { type: 'typed', text: 'cart', reason: false } as const;
  const open = await tell(d, asking({ needed }), { title: 'Restart cart', tier: 2 });
  await d.press('c', 'a', 'r', 't');
  open.tell({ ...viewOf(open.wish, asking({ needed }), { title: 'Restart cart', tier: 2 }), id: 'a-2' });
  await d.wait(100);
  await d.press('enter');
  expect(open.confirmations).toEqual([{ type: 'typed', text: '', reason: '' }]);
  await tell(d, asking({ needed, trouble: 'that is not cart' }));
  await d.quit();
});

test('what is refused cannot be confirmed, and Esc sends nothing', async () => {
  const d = await onCart();
  await d.press('r');
  const open = await tell(d, asking({ check: { state: 'refused', reason: 'refused by policy no-latest' } }));
  const text = await d.text();
  expect(text).toMatch(/✕ refused by policy no-latest/);
  expect(text).not.toMatch(/y does it/);
  await d.press('esc');
  expect(open.isOpen).toBe(false);
  expect(open.confirmations).toEqual([]);
  expect(await d.text()).toMatch(/nothing was sent/);
  await d.quit();
});

function tellRevisions(engine: FakeEngine): void {
  tellStory(engine);
  const others = engine.answer;
  const revision = (n: number, isCurrent: boolean) => ({
    revision: n,
    images: [`cart:2.${n}`],
    created: 0,
    changeCause: '',
    isCurrent,
  });
  engine.answer = (question) =>
    question.ask === 'revisions'
      ? { ok: true, value: [revision(14, true), revision(13, false), revision(12, false)] }
      : others(question);
}

test('a rollback lists the revisions first and plans the chosen one', async () => {
  const d = await drive({
    story: tellRevisions,
  });
  await d.press('2', 'j', 'b');
  const text = await d.text();
  expect(text).toMatch(/Roll cart back to {2}in ■run-eu/);
  expect(text).toMatch(/▌ revision 13/);
  await d.press('enter');
  expect(d.engine.actions.map(({ wish }) => wish)).toMatchObject([{ verb: 'rollback', revision: 13 }]);
  await d.quit();
});

test('progress goes on without its sheet, and its end is told', async () => {
  const d = await onCart();
  await d.press('r');
  const open = await tell(d, asking(), { title: 'Restart cart', tier: 2 });
  await d.press('y');
  await tell(d, { phase: 'tracking', ready: 1, of: 3, text: '1/3 ready' }, { title: 'Restart cart', tier: 2 });
  expect(await d.text()).toMatch(/rollout +━{8}─{16} {2}1\/3 ready/);
  await d.press('esc');
  expect(open.isOpen).toBe(true);
  await tell(d, { phase: 'ended', outcome: { result: 'reverted', by: 'flux', text: 'reverted by flux' } });
  expect(await d.text()).toMatch(/▲ ■run-eu cart: reverted by flux/);
  await d.quit();
});

test('leaving asks while a write is under way, and y leaves it', async () => {
  const d = await onCart();
  await d.press('r');
  await tell(d, asking(), { title: 'Restart cart', tier: 2 });
  await d.press('y');
  await tell(d, { phase: 'tracking', ready: 1, of: 3, text: '1/3 ready' }, { title: 'Restart cart', tier: 2 });
  await d.press('esc', 'ctrl-c');
  expect(await d.text()).toMatch(/Leave while writes are under way\?/);
  expect(await d.text()).toMatch(/Restart cart: it goes on, and nobody follows it to its end/);
  await d.press('esc');
  expect(await d.text()).not.toMatch(/Leave while/);
  await d.press('ctrl-c', 'y');
  expect(await d.exit).toBe(0);
});

test(':actions lists what was done; typing finds, Enter takes it back', async () => {
  const [target] = workloads.flatMap(({ ref }) => (ref === null ? [] : [ref]));
  const record = (id: string, title: string, canUndo: boolean) => ({
    id,
    at: 0,
    title,
    cluster: 'run-eu',
    target,
    result: 'done',
    text: 'done and stayed',
    reason: '',
    canUndo,
  });
  const d = await drive({
    story: (engine) => {
      tellStory(engine);
      const others = engine.answer;
      const value = [record('a-2', 'Restart web', false), record('a-1', 'Scale cart from 3 to 4', true)];
      engine.answer = (question) => (question.ask === 'actions' ? { ok: true, value } : others(question));
    },
  });
  await d.type(':');
  await d.type('actions');
  await d.press('enter');
  expect(await d.text()).toMatch(/Actions {2}2 of 2/);
  await d.press('enter');
  expect(await d.text()).toMatch(/nothing takes that back/);
  await d.type('scale');
  expect(await d.text()).toMatch(/Actions {2}1 of 2/);
  await d.press('enter');
  expect(d.engine.actions.map(({ wish }) => wish)).toEqual([{ verb: 'undo', target, of: 'a-1' }]);
  await d.quit();
});

test('keys say why they cannot be used', async () => {
  const d = await drive();
  await d.press('2', 'r');
  expect(await d.text()).toMatch(/several: Enter opens/);
  await d.press('j', 'j', 'j', 'r');
  expect(await d.text()).toMatch(/no action until live/);
  expect(d.engine.actions).toEqual([]);
  await d.quit();
});

test('Esc behind a confirmation never says that nothing was sent; one that did not count is told', async () => {
  const d = await onCart();
  await d.press('r');
  const open = await tell(d, asking());
  await d.press('y');
  await d.press('esc');
  expect(open.confirmations).toHaveLength(1);
  expect(open.isOpen).toBe(true);
  expect(await d.text()).toMatch(/goes on/);
  expect(await d.text()).not.toMatch(/nothing was sent/);

  await tell(d, asking({ trouble: 'run-eu is stale: no action until it is live' }));
  expect(await d.text()).toMatch(/nothing was sent: run-eu is stale/);
  expect(open.isOpen).toBe(false);
  await d.quit();
});
