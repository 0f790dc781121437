// How an action ends when the answer is not a plain yes or no: what nobody knows is never told as refused or done.
import { describe, expect, it, vi } from 'vitest';
import { type Answered, type Stage, stage, target } from '../../test/support/action-cluster.ts';
import { ApiError } from '../kube/api-error.ts';
import { createWriteGate } from '../kube/session/write-gate.ts';
import { Action } from './action.ts';

const object = (replicas: number) => ({
  metadata: { name: 'web', uid: 'u', resourceVersion: '10', generation: 1 },
  spec: { replicas, template: { metadata: { labels: { app: 'web' } } } },
  status: { observedGeneration: 1, replicas, updatedReplicas: replicas, availableReplicas: replicas },
});

/** A scale from 2 to 4 whose write is answered so; `now` is what is read afterwards. */
function scaling(answer: Answered & { readonly isUnsent?: true }, now = 2): Stage {
  let replicas = 2;
  return stage({
    read: () => object(replicas),
    write: ({ path }) => {
      if (path.includes('dryRun')) return { status: 200, body: object(4) };
      replicas = now;
      return answer;
    },
  });
}

async function confirmed(on: Stage): Promise<Action> {
  const action = new Action({ verb: 'scale', target, replicas: 4 }, on.cluster, on.deps);
  await action.prepare();
  expect(await action.confirm({ type: 'key' })).toEqual({ ok: true });
  await vi.waitFor(() => expect(action.view.at.phase).not.toBe('applying'));
  return action;
}

const outcomeOf = ({ view: { at } }: Action) => (at.phase === 'ended' ? at.outcome : at);

const failure = (code: number, message: string) => ({
  status: code,
  body: { kind: 'Status', status: 'Failure', code, message },
});

describe('a write that was sent', () => {
  it.each([
    ['a server error', failure(504, 'Timeout: request did not complete within requested timeout')],
    ['an answer that is cut', { status: 200, body: '{"kind":"Sca' }],
    ['a page of a proxy', { status: 502, body: '<html><title>Bad Gateway</title></html>' }],
    ['a lost connection', new ApiError('unreachable', 'run-eu reset the connection')],
    ['a time-out', new ApiError('aborted', 'run-eu did not answer within 30 s')],
  ])('is unknown behind %s, and what is there now is told', async (_, answer) => {
    expect(outcomeOf(await confirmed(scaling(answer)))).toMatchObject({
      result: 'unknown',
      text: expect.stringMatching(/^sent, and nobody knows: .*; replicas is as it was$/),
    });
    expect(outcomeOf(await confirmed(scaling(answer, 4)))).toMatchObject({
      result: 'unknown',
      text: expect.stringMatching(/; replicas is 4 now$/),
    });
  });

  it('is refused when the server says no', async () => {
    expect(outcomeOf(await confirmed(scaling(failure(422, 'at most 3 replicas'))))).toEqual({
      result: 'refused',
      text: 'at most 3 replicas',
    });
  });
});

it('what failed before a byte left was not sent', async () => {
  const unsent = Object.assign(new ApiError('unreachable', 'run-eu refuses connections'), { isUnsent: true as const });
  expect(outcomeOf(await confirmed(scaling(unsent)))).toEqual({
    result: 'refused',
    text: 'not sent: run-eu refuses connections',
  });
});

it('a write that could not be journalled says so', async () => {
  const on = scaling({ status: 200, body: object(4) });
  on.journal = { ok: false, message: 'no space left' };
  const action = await confirmed(on);
  on.hear({ type: 'now', object: object(4) });
  on.clock.advance(60_000);
  await vi.waitFor(() => expect(action.view.at.phase).toBe('ended'));
  expect(outcomeOf(action)).toEqual({
    result: 'done',
    text: 'done and stayed, 4/4 ready; it is not in the journal: no space left',
  });
});

it('names of the cluster are shown and never obeyed', async () => {
  const on = scaling(failure(404, 'gone'));
  const action = new Action(
    { verb: 'scale', target: { ...target, name: 'web\u001b]0;owned\u0007', namespace: 'shop\u202e' }, replicas: 4 },
    on.cluster,
    on.deps,
  );
  await action.prepare();
  await action.confirm({ type: 'key' });
  await vi.waitFor(() => expect(action.view.at.phase).toBe('ended'));
  const { plan, at } = action.view;
  expect(JSON.stringify([plan, at, on.lines.map((line) => ('title' in line ? line.title : line.text))])).not.toMatch(
    /\\u001b|\\u0007|\u202e/,
  );
});

it('asks for the lock of the context as it is written, not of one that looks like it', async () => {
  const on = scaling({ status: 200, body: object(4) });
  const asked: string[] = [];
  const gate = createWriteGate((context) => {
    asked.push(context);
    return null;
  });
  const context = { ...on.cluster.session.context, name: 'prod^A', rawName: 'prod\u0001' };
  const cluster = { ...on.cluster, session: { ...on.cluster.session, context } };
  const action = new Action({ verb: 'scale', target, replicas: 4 }, cluster, { ...on.deps, gate });
  await action.prepare();
  expect(new Set(asked)).toEqual(new Set(['prod\u0001']));
  expect(action.view.plan?.kubectl).toContain("--context 'prod^A'");
});
