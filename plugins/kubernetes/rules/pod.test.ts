import { describe, expect, test } from 'vitest';
import { ago, ended, meta, now, owned, pod, running, waiting } from '../fixtures.ts';
import { podProblems } from './pod.ts';

const problems = (object: unknown) => podProblems(object, now);
const messages = (object: unknown) => problems(object).map((p) => `${p.rule}: ${p.message}`);

const backOff = 'back-off 1m20s restarting failed container=cart pod=cart-7d9f-x2v8k_shop(uid)';

describe('a crash loop', () => {
  const looping = pod({
    containers: [waiting('CrashLoopBackOff', backOff, { restartCount: 14, lastState: ended(137, 'OOMKilled', 30) })],
  });

  test('says how the container ended and how often it was restarted', () => {
    expect(messages(looping)).toEqual(['crash-loop: OOMKilled (137), 14 restarts']);
  });

  test('is since the pod was not ready, with the end and the back-off as evidence', () => {
    const [problem] = problems(looping);

    expect(problem).toMatchObject({ severity: 'fail', since: now - 180_000, cause: 'OOMKilled (137)' });
    expect(problem?.evidence[0]).toBe('CrashLoopBackOff: back-off 1m20s restarting failed container=cart');
    expect(problem?.evidence[1]).toContain('after 20 s');
  });

  test('has the same cause in another pod with other counts', () => {
    const other = pod({
      name: 'cart-7d9f-p7h2c',
      containers: [waiting('CrashLoopBackOff', backOff, { restartCount: 2, lastState: ended(137, 'OOMKilled', 99) })],
    });

    expect(problems(other)[0]?.cause).toBe(problems(looping)[0]?.cause);
  });

  test('names the container when there are several, and the signal', () => {
    const two = pod({
      containers: [
        running({ name: 'proxy' }),
        waiting('CrashLoopBackOff', '', { restartCount: 3, lastState: ended(139, 'Error', 30) }),
      ],
    });

    expect(messages(two)).toEqual(['crash-loop: exit 139 (SIGSEGV), 3 restarts in cart']);
  });

  test('of an init container is called so', () => {
    const init = pod({
      status: { phase: 'Pending' },
      containers: [waiting('PodInitializing')],
      init: [waiting('CrashLoopBackOff', '', { name: 'migrate', restartCount: 5, lastState: ended(1, 'Error', 9) })],
    });

    expect(problems(init)[0]).toMatchObject({ title: 'Init crash', cause: 'init exit 1' });
    expect(messages(init)).toEqual(['crash-loop: exit 1, 5 restarts in migrate']);
  });

  test('goes on while the container runs between two crashes, until the back-off is forgotten', () => {
    const between = pod({
      containers: [
        running({
          ready: false,
          restartCount: 2,
          state: { running: { startedAt: ago(16) } },
          lastState: ended(137, 'OOMKilled', 40),
        }),
      ],
    });

    expect(problems(between)[0]).toMatchObject({ rule: 'crash-loop', until: now - 16_000 + 600_000 });
  });

  test('is not a container that crashed once after days', () => {
    const once = pod({
      containers: [
        running({
          restartCount: 1,
          state: { running: { startedAt: ago(16) } },
          lastState: ended(1, 'Error', 20, 400_000),
        }),
      ],
    });
    const twiceInAMonth = pod({
      containers: [
        running({
          restartCount: 2,
          state: { running: { startedAt: ago(16) } },
          lastState: ended(1, 'Error', 20, 400_000),
        }),
      ],
    });

    expect(problems(once)).toEqual([]);
    expect(problems(twiceInAMonth)).toEqual([]);
  });

  test('is over when the container has run longer than the back-off', () => {
    const recovered = pod({
      containers: [
        running({ restartCount: 14, state: { running: { startedAt: ago(900) } }, lastState: ended(1, 'Error', 930) }),
      ],
    });

    expect(problems(recovered)).toEqual([]);
  });

  test('is not a container that ends well again and again', () => {
    const wellEnded = pod({
      containers: [
        running({ restartCount: 9, state: { running: { startedAt: ago(16) } }, lastState: ended(0, 'Completed', 20) }),
      ],
    });

    expect(problems(wellEnded)).toEqual([]);
  });

  test('of a sidecar is found as well', () => {
    const sidecar = pod({
      spec: { initContainers: [{ name: 'mesh', restartPolicy: 'Always' }], containers: [{ name: 'cart' }] },
      init: [waiting('CrashLoopBackOff', '', { name: 'mesh', restartCount: 4, lastState: ended(2, 'Error', 9) })],
      containers: [running()],
    });

    expect(problems(sidecar)[0]).toMatchObject({
      rule: 'crash-loop',
      title: 'CrashLoop',
      message: 'exit 2, 4 restarts in mesh',
    });
  });
});

describe('an out-of-memory kill', () => {
  const limits = { containers: [{ name: 'cart', resources: { limits: { memory: '512Mi' } } }] };

  test('without a loop is a warning with the limit, for an hour', () => {
    const killed = pod({
      spec: limits,
      containers: [
        running({
          restartCount: 1,
          state: { running: { startedAt: ago(60) } },
          lastState: ended(137, 'OOMKilled', 61, 9000),
        }),
      ],
    });

    expect(problems(killed)[0]).toMatchObject({
      rule: 'oom-killed',
      severity: 'warn',
      until: now - 61_000 + 3_600_000,
    });
    expect(messages(killed)).toEqual(['oom-killed: OOMKilled (137), limit 512Mi, 1 restart']);
  });

  test('an hour ago is no news', () => {
    const old = pod({
      containers: [running({ restartCount: 1, lastState: ended(137, 'OOMKilled', 3700, 9000) })],
    });

    expect(problems(old)).toEqual([]);
  });

  test('that left a failed pod behind fails', () => {
    const gone = pod({
      status: { phase: 'Failed' },
      containers: [running({ ready: false, state: ended(137, 'OOMKilled', 5) })],
    });

    expect(problems(gone)[0]).toMatchObject({ rule: 'oom-killed', severity: 'fail', message: 'OOMKilled (137)' });
  });

  test("of a Job's failed pod is the Job's matter", () => {
    const job = pod({
      meta: owned('Job', 'backup-29401234'),
      status: { phase: 'Failed' },
      containers: [running({ ready: false, state: ended(137, 'OOMKilled', 5) })],
    });

    expect(problems(job)).toEqual([]);
  });
});

describe('an image that cannot be pulled', () => {
  const image = 'registry.example/shop/cart:2.5.0';
  const notFound = `failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`;
  const pulling = (reason: string, message: string) =>
    pod({ status: { phase: 'Pending' }, containers: [waiting(reason, message, { image })] });

  test.each([
    ['ErrImagePull', `rpc error: code = NotFound desc = ${notFound}`, 'not found: cart:2.5.0'],
    ['ImagePullBackOff', `Back-off pulling image "${image}": ErrImagePull: ${notFound}`, 'not found: cart:2.5.0'],
    ['ImagePullBackOff', `Back-off pulling image "${image}"`, 'cannot be pulled: cart:2.5.0'],
    ['ErrImagePull', 'pull access denied, repository does not exist', 'registry denies access: cart:2.5.0'],
    ['ErrImagePull', 'unexpected status: 401 Unauthorized', 'registry says unauthorized: cart:2.5.0'],
    ['ErrImagePull', 'toomanyrequests: You have reached your pull rate limit', 'registry limits pulls: cart:2.5.0'],
    ['ErrImagePull', 'dial tcp: lookup registry.example: no such host', 'registry name does not resolve: cart:2.5.0'],
    [
      'ErrImagePull',
      'x509: certificate signed by unknown authority',
      'registry certificate is not trusted: cart:2.5.0',
    ],
    ['InvalidImageName', "couldn't parse image name", 'invalid image name: cart:2.5.0'],
    ['ErrImageNeverPull', '', 'not on the node, and the policy is Never: cart:2.5.0'],
  ])('%s %s', (reason, message, expected) => {
    expect(messages(pulling(reason, message))).toEqual([`image-pull: ${expected}`]);
  });

  test('keeps its cause while the kubelet takes turns between answer and back-off', () => {
    const answer = problems(pulling('ErrImagePull', notFound))[0];
    const back = problems(pulling('ImagePullBackOff', `Back-off pulling image "${image}"`))[0];

    expect(answer?.cause).toBe(back?.cause);
  });

  test('is judged by what the registry says, not by how the image is called', () => {
    const name = 'registry.example/denied/x509:1';
    const object = pod({ containers: [waiting('ErrImagePull', `Back-off pulling image "${name}"`, { image: name })] });

    expect(messages(object)).toEqual(['image-pull: cannot be pulled: x509:1']);
  });

  test('a container that is still being created is no problem', () => {
    expect(problems(pod({ status: { phase: 'Pending' }, containers: [waiting('ContainerCreating')] }))).toEqual([]);
  });
});

describe('a container that cannot be configured', () => {
  test.each([
    ['CreateContainerConfigError', 'configmap "cart-env" not found', 'ConfigMap cart-env not found'],
    ['CreateContainerConfigError', 'secret "db-auth" not found', 'Secret db-auth not found'],
    ['CreateContainerConfigError', "couldn't find key TOKEN in Secret shop/db-auth", 'Secret db-auth has no key TOKEN'],
    ['CreateContainerConfigError', "couldn't find key A in ConfigMap shop/cart-env", 'ConfigMap cart-env has no key A'],
    [
      'RunContainerError',
      'exec: "serve": executable file not found in $PATH',
      'exec: "serve": executable file not found in $PATH',
    ],
  ])('%s %s', (reason, message, expected) => {
    const object = pod({ status: { phase: 'Pending' }, containers: [waiting(reason, message)] });

    expect(messages(object)).toEqual([`config-error: ${expected}`]);
    expect(problems(object)[0]?.evidence[0]).toBe(`${reason}: ${message}`);
  });

  test('the message of another pod has the same cause', () => {
    const cause = (uid: string) =>
      problems(
        pod({ containers: [waiting('RunContainerError', `failed to start container "${uid}": no such file`)] }),
      )[0]?.cause;

    expect(cause('3f9f01c2ab44aa')).toBe(cause('77ab02d1e9f00b'));
  });
});

describe('a pod that no node takes', () => {
  const message =
    '0/6 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 5 Insufficient cpu. preemption: 0/6 nodes are available: 6 No preemption victims found.';
  const held = (reason: string) =>
    pod({
      containers: [],
      status: {
        phase: 'Pending',
        containerStatuses: [],
        conditions: [{ type: 'PodScheduled', status: 'False', reason, message, lastTransitionTime: ago(90) }],
      },
    });

  test('says what stops most nodes, since the scheduler said so, and quotes it whole', () => {
    expect(problems(held('Unschedulable'))).toEqual([
      expect.objectContaining({
        rule: 'unschedulable',
        severity: 'fail',
        message: 'Insufficient cpu on 5 of 6 nodes, taint node-role.kubernetes.io/control-plane on 1',
        since: now - 90_000,
        evidence: [`Unschedulable: ${message}`],
      }),
    ]);
  });

  test('is no problem while a gate holds it', () => {
    expect(problems(held('SchedulingGated'))).toEqual([]);
  });
});

describe('nothing is wrong with a pod that', () => {
  test.each([
    ['runs', pod()],
    [
      'has completed',
      pod({ status: { phase: 'Succeeded' }, containers: [running({ ready: false, state: ended(0, 'Completed', 5) })] }),
    ],
    [
      'is being deleted',
      pod({
        meta: { deletionTimestamp: ago(-20) },
        containers: [waiting('CrashLoopBackOff', backOff, { restartCount: 3 })],
      }),
    ],
    ['is being created', pod({ status: { phase: 'Pending' }, containers: [waiting('PodInitializing')] })],
    ['was restarted long ago', pod({ containers: [running({ restartCount: 3 })] })],
    [
      'waits for its init containers',
      pod({
        status: { phase: 'Pending' },
        containers: [waiting('PodInitializing')],
        init: [running({ name: 'migrate', ready: false })],
      }),
    ],
    ['is hardly there', { metadata: meta('x') }],
  ])('%s', (_, object) => {
    expect(problems(object)).toEqual([]);
  });
});

test('two containers that fail alike are one problem of the pod', () => {
  const twins = pod({
    containers: [
      waiting('CrashLoopBackOff', '', { name: 'a', restartCount: 3, lastState: ended(1, 'Error', 9) }),
      waiting('CrashLoopBackOff', '', { name: 'b', restartCount: 4, lastState: ended(1, 'Error', 9) }),
    ],
  });

  expect(messages(twins)).toEqual(['crash-loop: exit 1, 3 restarts in a']);
});
