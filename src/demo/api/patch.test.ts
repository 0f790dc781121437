import { describe, expect, test } from 'vitest';
import { jsonPatch, mergePatch, strategicPatch } from './patch.ts';
import { typeOf } from './schema.ts';
import { ApiFailure } from './status-bodies.ts';

const refusal = (run: () => unknown): ApiFailure => {
  try {
    run();
  } catch (error) {
    if (error instanceof ApiFailure) return error;
    throw error;
  }
  throw new Error('it was not refused');
};

describe('a JSON patch', () => {
  const deployment = { spec: { replicas: 3, template: { containers: ['a'] } }, metadata: { annotations: { x: '1' } } };

  test('tests, replaces, adds with an escaped key, and leaves the original alone', () => {
    const result = jsonPatch(deployment, [
      { op: 'test', path: '/spec/template', value: { containers: ['a'] } },
      { op: 'replace', path: '/spec/template', value: { containers: ['b'] } },
      { op: 'add', path: '/metadata/annotations/kubernetes.io~1change-cause', value: 'undo' },
    ]);

    expect(result).toEqual({
      spec: { replicas: 3, template: { containers: ['b'] } },
      metadata: { annotations: { x: '1', 'kubernetes.io/change-cause': 'undo' } },
    });
    expect(deployment.spec.template.containers).toEqual(['a']);
  });

  test('inserts into lists, appends, removes and moves', () => {
    const result = jsonPatch({ list: [1, 3], from: 4 }, [
      { op: 'add', path: '/list/1', value: 2 },
      { op: 'move', from: '/from', path: '/list/-' },
      { op: 'remove', path: '/list/0' },
    ]);

    expect(result).toEqual({ list: [2, 3, 4] });
  });

  test.each([
    ['a failed test', [{ op: 'test', path: '/spec/replicas', value: 2 }]],
    ['a path that is not there', [{ op: 'replace', path: '/spec/nothing', value: 2 }]],
    ['a parent that is not there', [{ op: 'add', path: '/status/x/y', value: 2 }]],
  ])('%s is the same bare 422', (_what, operations) => {
    const { code, body } = refusal(() => jsonPatch(deployment, operations));

    expect([code, body?.reason, body?.details]).toEqual([422, 'Invalid', {}]);
  });
});

test('a merge patch removes with null, merges objects and replaces lists', () => {
  const before = { a: 1, b: { c: 2, d: [1, 2] }, e: 5 };

  expect(mergePatch(before, { a: null, b: { d: [3], f: 6 } })).toEqual({ b: { c: 2, d: [3], f: 6 }, e: 5 });
});

describe('a strategic merge patch', () => {
  const type = typeOf('apps/v1', 'Deployment');
  const pod = (...containers: object[]): object => ({ spec: { template: { spec: { containers } } } });
  const apply = (before: object, patch: object): object => strategicPatch(before, patch as never, type);

  test('merges containers by name and keeps those it does not mention', () => {
    const before = pod({ name: 'a', image: 'a:1', env: [{ name: 'X', value: '1' }] }, { name: 'b', image: 'b:1' });

    expect(apply(before, pod({ name: 'a', image: 'a:2', env: [{ name: 'Y', value: '2' }] }))).toEqual(
      pod(
        {
          name: 'a',
          image: 'a:2',
          env: [
            { name: 'X', value: '1' },
            { name: 'Y', value: '2' },
          ],
        },
        { name: 'b', image: 'b:1' },
      ),
    );
  });

  test('deletes an element by directive', () => {
    const before = pod({ name: 'a', image: 'a:1' }, { name: 'b', image: 'b:1' });

    expect(apply(before, pod({ name: 'b', $patch: 'delete' }))).toEqual(pod({ name: 'a', image: 'a:1' }));
  });

  test('replaces a whole template, as the data of a ControllerRevision asks', () => {
    const before = pod({ name: 'a', image: 'a:2', args: ['--new'] });
    const data = { spec: { template: { $patch: 'replace', spec: { containers: [{ name: 'a', image: 'a:1' }] } } } };

    expect(apply(before, data)).toEqual(pod({ name: 'a', image: 'a:1' }));
  });

  test('replaces lists that have no merge key', () => {
    const before = pod({ name: 'a', image: 'a:1', args: ['--one', '--two'] });

    expect(apply(before, pod({ name: 'a', args: ['--three'] }))).toEqual(
      pod({ name: 'a', image: 'a:1', args: ['--three'] }),
    );
  });
});
