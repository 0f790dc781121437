// Logs of a pod: whole, tailed, with times, followed, and resumed after a break.
import { expect } from 'vitest';
import type { Suite } from '../contract.ts';

const stamped = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z /;
const timeOf = (line: string): string => line.slice(0, line.indexOf(' '));

export const logsSuite: Suite = {
  name: 'logs',
  declare(contract) {
    contract('a log is plain text of whole lines; a tail is its end', async ({ admin, server }) => {
      const pod = await server.loggingPod();
      const path = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/log?container=${pod.container}`;

      const all = await admin.send(path);
      const tail = await admin.send(`${path}&tailLines=2`);
      const none = await admin.send(`${path}&tailLines=0`);

      expect(all.headers['content-type']).toMatch(/^text\/plain/);
      expect(all.headers['content-encoding']).toBeUndefined();
      expect(all.text.endsWith('\n')).toBe(true);
      expect(tail.text.trimEnd().split('\n').length).toBe(2);
      expect([none.status, none.text]).toEqual([200, '']);
    });

    contract('times have nine digits or fewer, are in UTC and do not go back', async ({ admin, server }) => {
      const pod = await server.loggingPod();
      const answer = await admin.send(
        `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/log?container=${pod.container}&timestamps=true&tailLines=20`,
      );
      const lines = answer.text.trimEnd().split('\n');

      for (const line of lines) expect(line).toMatch(stamped);
      const times = lines.map((line) => Date.parse(timeOf(line)));
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    });

    contract('a follow goes on as lines are written', async ({ admin, server }) => {
      const pod = await server.loggingPod();
      const follow = await admin.open(
        `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/log?container=${pod.container}&follow=true&tailLines=1&timestamps=true`,
      );

      const lines = [await follow.next(), await follow.next(), await follow.next()];
      follow.close();

      expect(new Set(lines).size).toBe(3);
      for (const line of lines) expect(line).toMatch(stamped);
    });

    contract('a follow that is resumed from the second of its last line misses nothing', async ({ admin, server }) => {
      const pod = await server.loggingPod();
      const base = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/log?container=${pod.container}&follow=true&timestamps=true`;
      const first = await admin.open(`${base}&tailLines=1`);
      const before = [await first.next(), await first.next()].map(String);
      first.close();
      const last = before.at(-1) ?? '';

      const resumed = await admin.open(`${base}&sinceTime=${encodeURIComponent(timeOf(last))}`);
      const after: string[] = [];
      while (!after.includes(last)) after.push(String(await resumed.next()));
      const next = await resumed.next();
      resumed.close();

      // sinceTime is cut to the second: what came in that second comes again, and has to be dropped by the client.
      expect(timeOf(after[0] ?? '').slice(0, 19) >= timeOf(last).slice(0, 19)).toBe(true);
      const whole = (await admin.send(`${base.replace('&follow=true', '')}`)).text.trimEnd().split('\n');
      expect(whole[whole.indexOf(last) + 1]).toBe(next);
    });

    contract('limits: bytes, seconds, and both kinds of since at once', async ({ admin, server }) => {
      const pod = await server.loggingPod();
      const path = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/log?container=${pod.container}`;

      expect((await admin.send(`${path}&limitBytes=5`)).text.length).toBe(5);
      expect((await admin.send(`${path}&sinceSeconds=3600`)).status).toBe(200);
      const both = await admin.send(`${path}&sinceSeconds=5&sinceTime=2026-01-01T00:00:00Z`);
      expect([both.status, both.json().reason]).toEqual([422, 'Invalid']);
      expect((await admin.send(`${path}&sinceSeconds=0`)).status).toBe(422);
    });

    contract('refusals: no such pod, no such container, a pod without a node', async (fixture) => {
      const { admin, namespace } = fixture;
      const pod = await fixture.server.loggingPod();
      const missing = await admin.send(`/api/v1/namespaces/${namespace}/pods/nope/log`);
      const container = await admin.send(`/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/log?container=nope`);

      expect([missing.status, missing.json().message]).toEqual([404, 'pods "nope" not found']);
      expect([container.status, container.json().message]).toEqual([
        400,
        `container nope is not valid for pod ${pod.name}`,
      ]);
    });
  },
};
