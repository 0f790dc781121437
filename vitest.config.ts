// Test layers as vitest projects: what needs nothing (unit, with property and view tests), what opens sockets or
// starts processes (system), and what needs a real control plane (cluster, started by scripts/test-cluster.ts).
import { defineConfig } from 'vitest/config';

// A machine that is busy with builds may take long for what takes a moment; nothing here asserts a time.
const shared = { testTimeout: 60_000, hookTimeout: 120_000 };
/** Real processes, ports and terminals: one more try tells a busy machine from a broken program, and says that it did. */
const real = { retry: 1 };

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
          ...real,
          name: 'system',
          include: ['test/{contract,fault,e2e}/**/*.test.{ts,tsx}'],
          fileParallelism: false,
        },
      },
      {
        test: {
          ...shared,
          ...real,
          name: 'cluster',
          include: ['test/cluster/**/*.test.{ts,tsx}'],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
