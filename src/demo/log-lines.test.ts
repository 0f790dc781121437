// Lines of the demo's containers stand for lines of real ones: whole, so that a cut on the screen is the screen's own.
import { expect, test } from 'vitest';
import { logSource } from './log-lines.ts';

const apps = ['cart', 'checkout', 'catalog', 'payments', 'search', 'web', 'gateway', 'redis', 'other'];

test.each(apps)('no line of %s looks cut', (app) => {
  const source = logSource(1);
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `${app}-x`, uid: `uid-${app}`, labels: { app } },
    spec: { containers: [{ name: app, image: `registry.example/shop/${app}:1.0.0` }] },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  } as unknown as Parameters<typeof source.lineAt>[0];
  const run = { start: 0, end: null, restart: 0 } as Parameters<typeof source.lineAt>[2];
  const lines = Array.from({ length: 400 }, (_, n) => source.lineAt(pod, app, run, n)?.text ?? '');
  expect(lines.filter((text) => text.includes('…'))).toEqual([]);
  expect(lines.filter((text) => text !== '').length).toBeGreaterThan(100);
});
