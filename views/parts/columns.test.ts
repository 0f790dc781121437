// Columns: which are shown at a width and how wide they are.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventTable } from '../../plugins/kubernetes/events.ts';
import { podTable } from '../../plugins/kubernetes/pods.ts';
import { workloadTable } from '../../plugins/kubernetes/workload-table.ts';
import type { Column } from '../../src/core/row.ts';
import { problemColumns, workloadColumns } from '../../test/support/fleet-story.ts';
import { clusterColumns } from '../../src/state/cluster-rows.ts';
import { layoutColumns } from './columns.ts';

const ids = (width: number, columns = workloadColumns): string =>
  layoutColumns(columns, width)
    .map((p) => p.column.id)
    .join(' ');

test('the columns of Workloads at 80 and at 120', () => {
  expect(ids(75)).toBe('app cluster ready version rollout restarts age');
  expect(ids(115)).toBe('app cluster namespace ready version rollout owner restarts age');
});

test('a tiled Triage keeps its first columns at their good width and lets the last ones go', () => {
  expect(ids(71, problemColumns)).toBe('problem what clusters since why');
});

test('the table keeps its order, whatever the priorities; the user hides columns', () => {
  const placed = layoutColumns(workloadColumns, 200, { shown: [], hidden: ['version'] });
  expect(placed.map((p) => p.index)).toEqual(placed.map((p) => p.index).toSorted((a, b) => a - b));
  expect(placed.some((p) => p.column.id === 'version')).toBe(false);
});

test('nothing overlaps, nothing is wider than the pane, the first column always stays', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 400 }),
      fc.constantFrom(workloadColumns, problemColumns),
      (width, columns) => {
        const placed = layoutColumns(columns, width);
        expect(placed.length).toBeGreaterThan(0);
        placed.forEach((p, i) => {
          const next = placed[i + 1];
          expect(p.x + p.width).toBeLessThanOrEqual(next === undefined ? width : next.x - 2);
          expect(p.width).toBeLessThanOrEqual(Math.max(p.column.max, p.column.title.length));
        });
      },
    ),
  );
});

const widths = (columns: readonly Column[], width: number): Readonly<Record<string, number>> =>
  Object.fromEntries(layoutColumns(columns, width).map((p) => [p.column.id, p.width]));

test('prose takes the rest when the words beside it are whole, not before', () => {
  const columns = eventTable.columns.map((c) => ({ ...c, max: Math.min(c.max, 120) }));
  expect(widths(columns, 195)).toMatchObject({ object: 30 });
  expect(widths(columns, 115)).toMatchObject({ text: 45 });
});

test('an address does not cut names and places', () => {
  expect(widths(podTable.columns, 115)).not.toHaveProperty('ip');
  expect(widths(podTable.columns, 115)['node']).toBeGreaterThanOrEqual(9);
  expect(widths(workloadTable.columns, 115)).not.toHaveProperty('kind');
  expect(widths(podTable.columns, 180)).toHaveProperty('ip');
});

test('at 80 columns Clusters have their roles whole, and all that is counted', () => {
  expect(widths(clusterColumns, 74)).toMatchObject({ role: 7, nodes: 5, rtt: 5, pods: 5 });
});
