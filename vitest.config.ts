// Test layers as vitest projects: what needs nothing (unit, with property and view tests), what opens sockets or
// starts processes (system), and what needs a real control plane (cluster, started by scripts/test-cluster.ts).
import { defineConfig } from 'vitest/config';

const shared = { testTimeout: 20_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: [
            '{src,views,plugins,scripts,bin}/**/*.test.{ts,tsx}',
            'test/{unit,property,view,security}/**/*.test.{ts,tsx}',
          ],
        },
      },
      {
        test: {
          ...shared,
          name: 'system',
          include: ['test/{contract,fault,e2e}/**/*.test.{ts,tsx}'],
          fileParallelism: false,
        },
      },
      {
        test: {
          ...shared,
          name: 'cluster',
          include: ['test/cluster/**/*.test.{ts,tsx}'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
