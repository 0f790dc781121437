// Writes: what is planned is what is sent, what was changed meanwhile voids it, and nothing leaves without a confirmation.
import { expect } from 'vitest';
import type { Action } from '../../../src/actions/action.ts';
import { ended, inPhase, openActor, refOf } from '../actor.ts';
import type { Suite } from '../contract.ts';
import { eventually, type Fixture } from '../fixture.ts';
import type { Json } from '../wire.ts';

const deployments = ({ namespace }: Fixture): string => `/apis/apps/v1/namespaces/${namespace}/deployments`;

/** A Deployment whose pods run; resolves when they do. */
async function deploy(fixture: Fixture, name: string, image: string, replicas = 2): Promise<void> {
  const labels = { app: name };
  await fixture.create(deployments(fixture), {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image }] } },
    },
  });
  await rolledOut(fixture, name, image);
}

const get = ({ admin, ...fixture }: Fixture, name: string): Promise<Json> =>
  admin.json(`${deployments({ admin, ...fixture })}/${name}`);

const rolledOut = (fixture: Fixture, name: string, image: string): Promise<unknown> =>
  eventually(
    `${name} to run ${image}`,
    () => get(fixture, name),
    ({ metadata, spec, status }) =>
      spec.template.spec.containers[0].image === image &&
      (status?.observedGeneration ?? 0) >= metadata.generation &&
      (status?.updatedReplicas ?? 0) === spec.replicas &&
      (status?.availableReplicas ?? 0) === spec.replicas,
    45_000,
  );

/** Another client, faster than we. */
const change = (fixture: Fixture, name: string, body: object): Promise<Json> =>
  fixture.admin.json(`${deployments(fixture)}/${name}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/merge-patch+json' },
    body,
  });

const setImage = (fixture: Fixture, name: string, image: string): Promise<Json> =>
  change(fixture, name, { spec: { template: { spec: { containers: [{ name: 'main', image }] } } } });

const checkOf = ({ view: { at } }: Action) => (at.phase === 'asking' ? at.check : at);

export const actionsSuite: Suite = {
  name: 'actions',
  isConcurrent: true,
  declare(contract) {
    contract('a scale is tried out, confirmed, sent, and followed until it stayed', async (fixture) => {
      await deploy(fixture, 'scaled', 'registry.test/a:1');
      using actor = await openActor(fixture, 'admin');
      const target = await refOf(fixture, 'Deployment', 'scaled');
      const action = await actor.prepare({ verb: 'scale', target, replicas: 3 });
      expect(checkOf(action)).toEqual({
        state: 'accepted',
        diff: [
          { sign: '-', text: 'replicas: 2' },
          { sign: '+', text: 'replicas: 3' },
        ],
        warnings: [],
      });
      expect((await get(fixture, 'scaled')).spec.replicas).toBe(2);

      expect(await action.confirm({ type: 'key' })).toEqual({ ok: true });
      expect((await ended(action)).result).toBe('done');

      expect((await get(fixture, 'scaled')).spec.replicas).toBe(3);
      expect(actor.journal.map((line) => (line.line === 'intent' ? line.title : line.result))).toEqual([
        'Scale scaled from 2 to 3',
        'applied',
        'done',
      ]);
    });

    contract('a scale to 0 and back, whose number the server leaves out', async (fixture) => {
      await deploy(fixture, 'stopped', 'registry.test/a:1');
      using actor = await openActor(fixture, 'admin');
      const target = await refOf(fixture, 'Deployment', 'stopped');
      const down = await actor.prepare({ verb: 'scale', target, replicas: 0 });
      expect(checkOf(down)).toMatchObject({ diff: [{ text: 'replicas: 2' }, { text: 'replicas: 0' }] });
      await down.confirm({ type: 'key' });
      expect(await ended(down)).toMatchObject({ result: 'done' });

      const up = await actor.prepare({ verb: 'undo', target, of: down.id });
      await up.confirm({ type: 'key' });
      expect(await ended(up)).toMatchObject({ result: 'done' });
      expect((await get(fixture, 'stopped')).spec.replicas).toBe(2);

      const again = await actor.prepare({ verb: 'scale', target, replicas: 0 });
      await again.confirm({ type: 'key' });
      await ended(again);
      const raced = await actor.prepare({ verb: 'scale', target, replicas: 1 });
      await change(fixture, 'stopped', { spec: { replicas: 3 } });
      await raced.confirm({ type: 'key' });
      expect(await ended(raced)).toMatchObject({ result: 'refused' });
      expect((await get(fixture, 'stopped')).spec.replicas).toBe(3);
    });

    contract('a key that comes twice writes once', async (fixture) => {
      await deploy(fixture, 'twice', 'registry.test/a:1');
      using actor = await openActor(fixture, 'admin');
      const target = await refOf(fixture, 'Deployment', 'twice');
      const action = await actor.prepare({ verb: 'scale', target, replicas: 3 });

      const answers = await Promise.all([action.confirm({ type: 'key' }), action.confirm({ type: 'key' })]);
      await ended(action);

      expect(answers.map(({ ok }) => ok)).toEqual([true, false]);
      expect(actor.journal.filter((line) => line.line === 'intent')).toHaveLength(1);
    });

    contract('a number that somebody else changed meanwhile voids a scale, and is told', async (fixture) => {
      await deploy(fixture, 'raced', 'registry.test/a:1');
      using actor = await openActor(fixture, 'admin');
      const target = await refOf(fixture, 'Deployment', 'raced');
      const action = await actor.prepare({ verb: 'scale', target, replicas: 3 });
      await change(fixture, 'raced', { spec: { replicas: 5 } });

      await action.confirm({ type: 'key' });
      const outcome = await ended(action);

      expect(outcome.result).toBe('refused');
      expect(outcome.text).toMatch(/^replicas changed from 2 to 5 since you looked/);
      expect((await get(fixture, 'raced')).spec.replicas).toBe(5);
    });

    contract('an object of the same name is another one', async (fixture) => {
      await deploy(fixture, 'reborn', 'registry.test/a:1');
      using actor = await openActor(fixture, 'admin');
      const target = await refOf(fixture, 'Deployment', 'reborn');
      const action = await actor.prepare({ verb: 'scale', target, replicas: 3 });
      await fixture.admin.json(`${deployments(fixture)}/reborn`, { method: 'DELETE' });
      await eventually(
        'it to be gone',
        () => fixture.admin.send(`${deployments(fixture)}/reborn`),
        ({ status }) => status === 404,
      );
      await deploy(fixture, 'reborn', 'registry.test/a:1');

      await action.confirm({ type: 'key' });
      const outcome = await ended(action);

      expect(outcome).toEqual({
        result: 'refused',
        text: 'reborn was deleted and made anew in contract since you looked',
      });
      expect((await get(fixture, 'reborn')).spec.replicas).toBe(2);
    });

    contract('a rollback puts the template of before back and leaves everything else', async (fixture) => {
      await deploy(fixture, 'rolled', 'registry.test/a:1');
      await setImage(fixture, 'rolled', 'registry.test/a:2');
      await rolledOut(fixture, 'rolled', 'registry.test/a:2');
      await change(fixture, 'rolled', { metadata: { annotations: { note: 'kept' } }, spec: { replicas: 3 } });
      using actor = await openActor(fixture, 'admin');
      const target = await refOf(fixture, 'Deployment', 'rolled');
      const action = await actor.prepare({ verb: 'rollback', target, revision: null });
      expect(checkOf(action)).toMatchObject({ state: 'accepted' });

      await action.confirm({ type: 'key' });
      expect(await ended(action)).toMatchObject({ result: 'done' });

      const after = await get(fixture, 'rolled');
      expect(after.spec.template.spec.containers[0].image).toBe('registry.test/a:1');
      expect(after.spec.template.metadata.labels).toEqual({ app: 'rolled' });
      expect(after.spec.replicas).toBe(3);
      expect(after.metadata.annotations.note).toBe('kept');
    });

    contract('an undo rolls forward again, and is refused when the world moved on', async (fixture) => {
      await deploy(fixture, 'undone', 'registry.test/a:1');
      await setImage(fixture, 'undone', 'registry.test/a:2');
      await rolledOut(fixture, 'undone', 'registry.test/a:2');
      using actor = await openActor(fixture, 'admin');
      const target = await refOf(fixture, 'Deployment', 'undone');
      const back = await actor.prepare({ verb: 'rollback', target, revision: null });
      await back.confirm({ type: 'key' });
      await ended(back);

      const forward = await actor.prepare({ verb: 'undo', target, of: back.id });
      await forward.confirm({ type: 'key' });
      expect(await ended(forward)).toMatchObject({ result: 'done' });
      expect((await get(fixture, 'undone')).spec.template.spec.containers[0].image).toBe('registry.test/a:2');

      await setImage(fixture, 'undone', 'registry.test/a:3');
      await rolledOut(fixture, 'undone', 'registry.test/a:3');
      const stale = await actor.prepare({ verb: 'undo', target, of: back.id });
      expect(stale.view.at).toMatchObject({
        phase: 'impossible',
        reason: expect.stringMatching(/somebody changed it/),
      });

      const scale = await actor.prepare({ verb: 'scale', target, replicas: 1 });
      await scale.confirm({ type: 'key' });
      await ended(scale);
      await change(fixture, 'undone', { spec: { replicas: 4 } });
      const late = await actor.prepare({ verb: 'undo', target, of: scale.id });
      expect(late.view.at).toEqual({
        phase: 'impossible',
        reason: 'undone has 4 replicas by now, not 1: somebody changed it since',
      });
    });

    contract(
      'status, scaling and annotations beside it do not void a rollback; another deploy does',
      async (fixture) => {
        await deploy(fixture, 'busy', 'registry.test/a:1');
        await setImage(fixture, 'busy', 'registry.test/a:2');
        await rolledOut(fixture, 'busy', 'registry.test/a:2');
        using actor = await openActor(fixture, 'admin');
        const target = await refOf(fixture, 'Deployment', 'busy');
        const calm = await actor.prepare({ verb: 'rollback', target, revision: null });
        for (let n = 0; n < 20; n++)
          await change(fixture, 'busy', {
            metadata: { annotations: { n: String(n) } },
            spec: { replicas: 2 + (n % 2) },
          });
        await calm.confirm({ type: 'key' });
        expect(await ended(calm)).toMatchObject({ result: 'done' });

        const raced = await actor.prepare({ verb: 'rollback', target, revision: null });
        await setImage(fixture, 'busy', 'registry.test/a:3');
        await raced.confirm({ type: 'key' });
        const outcome = await ended(raced);
        expect(outcome.result).toBe('refused');
        expect(outcome.text).toMatch(/^template of busy was changed since you looked/);
        expect((await get(fixture, 'busy')).spec.template.spec.containers[0].image).toBe('registry.test/a:3');
      },
    );

    contract('a restart makes the pods anew and changes the annotation that kubectl changes', async (fixture) => {
      await deploy(fixture, 'restarted', 'registry.test/a:1');
      using actor = await openActor(fixture, 'admin');
      const target = await refOf(fixture, 'Deployment', 'restarted');
      const before = await get(fixture, 'restarted');
      const action = await actor.prepare({ verb: 'restart', target });
      await action.confirm({ type: 'key' });
      expect(await ended(action)).toMatchObject({ result: 'done' });

      const after = await get(fixture, 'restarted');
      const { annotations, ...metadata } = after.spec.template.metadata;
      expect(Object.keys(annotations)).toEqual(['kubectl.kubernetes.io/restartedAt']);
      expect(metadata).toEqual(before.spec.template.metadata);
      expect(after.spec.template.spec).toEqual(before.spec.template.spec);
    });

    contract('who puts it back while it is watched is named', async (fixture) => {
      await deploy(fixture, 'contested', 'registry.test/a:1');
      using actor = await openActor(fixture, 'admin', { holdMs: 20_000 });
      const target = await refOf(fixture, 'Deployment', 'contested');
      const action = await actor.prepare({ verb: 'scale', target, replicas: 3 });
      await action.confirm({ type: 'key' });
      await inPhase(action, 'holding');
      await fixture.admin.json(`${deployments(fixture)}/contested?fieldManager=kustomize-controller`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/merge-patch+json' },
        body: { spec: { replicas: 2 } },
      });

      expect(await ended(action)).toEqual({
        result: 'reverted',
        by: 'kustomize-controller',
        text: 'reverted by kustomize-controller',
      });
    });

    contract('a switch is turned and turned back', async (fixture) => {
      await deploy(fixture, 'switched', 'registry.test/a:1');
      using actor = await openActor(fixture, 'admin');
      const target = await refOf(fixture, 'Deployment', 'switched');
      const pause = await actor.prepare({ verb: 'switch', target, to: 'pause' });
      expect(checkOf(pause)).toMatchObject({ state: 'accepted' });
      await pause.confirm({ type: 'key' });
      expect(await ended(pause)).toMatchObject({ result: 'done' });
      expect((await get(fixture, 'switched')).spec.paused).toBe(true);

      expect((await actor.prepare({ verb: 'switch', target, to: 'pause' })).view.at).toEqual({
        phase: 'impossible',
        reason: 'switched is so already: paused is true',
      });
      expect((await actor.prepare({ verb: 'restart', target })).view.at).toEqual({
        phase: 'impossible',
        reason: 'the rollout of switched is paused: resume it first',
      });
      const back = await actor.prepare({ verb: 'undo', target, of: pause.id });
      await back.confirm({ type: 'key' });
      expect(await ended(back)).toMatchObject({ result: 'done' });
      expect((await get(fixture, 'switched')).spec.paused ?? false).toBe(false);
    });

    contract('who may not write is told the missing right, and nothing is sent', async (fixture) => {
      await deploy(fixture, 'guarded', 'registry.test/a:1');
      using actor = await openActor(fixture, 'viewer');
      const target = await refOf(fixture, 'Deployment', 'guarded');
      const action = await actor.prepare({ verb: 'restart', target });
      expect(checkOf(action)).toEqual({
        state: 'refused',
        reason: `you may not patch deployments.apps in ${fixture.namespace} of contract`,
      });

      expect((await action.confirm({ type: 'key' })).ok).toBe(false);
      expect(actor.journal).toEqual([]);
    });

    contract('a locked gate lets nothing out, not even a dry run, and shuts in the middle as well', async (fixture) => {
      await deploy(fixture, 'locked', 'registry.test/a:1');
      using actor = await openActor(fixture, 'admin');
      const target = await refOf(fixture, 'Deployment', 'locked');
      actor.lock = 'writes are locked';
      const early = await actor.prepare({ verb: 'scale', target, replicas: 3 });
      expect(early.view.at).toEqual({ phase: 'impossible', reason: 'writes are locked' });

      actor.lock = null;
      const late = await actor.prepare({ verb: 'scale', target, replicas: 3 });
      actor.lock = 'writes are locked';
      await late.confirm({ type: 'key' });
      expect((await ended(late)).result).toBe('refused');
      expect((await get(fixture, 'locked')).spec.replicas).toBe(2);
    });

    contract('a protected cluster asks for the name, a cancelled action sends nothing', async (fixture) => {
      await deploy(fixture, 'kept', 'registry.test/a:1');
      using actor = await openActor(fixture, 'admin', { isProtected: true });
      const target = await refOf(fixture, 'Deployment', 'kept');
      const action = await actor.prepare({ verb: 'scale', target, replicas: 3 });
      expect(await action.confirm({ type: 'key' })).toEqual({ ok: false, reason: 'type kept to confirm' });
      expect(await action.confirm({ type: 'typed', text: 'keep', reason: '' })).toEqual({
        ok: false,
        reason: 'that is not kept',
      });
      action.cancel();
      expect(await action.confirm({ type: 'typed', text: 'kept', reason: '' })).toMatchObject({ ok: false });
      expect((await get(fixture, 'kept')).spec.replicas).toBe(2);
      expect(actor.journal).toEqual([]);

      const again = await actor.prepare({ verb: 'scale', target, replicas: 3 });
      expect(await again.confirm({ type: 'typed', text: 'kept', reason: '' })).toEqual({ ok: true });
      expect(await ended(again)).toMatchObject({ result: 'done' });
    });
  },
};
