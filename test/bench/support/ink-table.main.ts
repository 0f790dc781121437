// The peer of the keys' benchmark: a table of 55 rows in stock Ink, `j` and `k` move its cursor, rows change at the rate of the
// first argument (events a second, drawn in batches as a careful program would).
import { Box, render, Text, useInput } from 'ink';
import { createElement as h, memo, type ReactNode, useState } from 'react';

const inSight = 55;
const total = Number(process.argv[3] ?? 3000);
const batchMs = 33;
const rate = Number(process.argv[2] ?? 0);

const rowOf = (n: number, generation: number): string =>
  `● api-${String(n).padStart(5, '0')}-${((n * 7919) % 99991).toString(36)}`.padEnd(34) +
  `load-00${n % 3}`.padEnd(15) +
  `team-${n % 20}`.padEnd(15) +
  'Running'.padEnd(20) +
  `1/1  ${generation % 100}`.padEnd(12) +
  `c00${n % 3}-n${n % 40}`.padEnd(12) +
  `10.${n % 250}.7.${n % 200}`.padEnd(18) +
  '2d';

const rows = Array.from({ length: total }, (_, n) => rowOf(n, 0));
let draw: (() => void) | null = null;
let sent = 0;
if (rate > 0) {
  const begun = performance.now();
  setInterval(() => {
    for (const due = ((performance.now() - begun) / 1000) * rate; sent < due; sent++) {
      const n = (sent * 7919) % total;
      // One in fifty changes what is shown, as in the demo's generated clusters.
      if (sent % 50 === 0) rows[n] = rowOf(n, sent / 50);
    }
    draw?.();
  }, batchMs);
}

const Row = memo(
  ({ text, isSelected }: { text: string; isSelected: boolean }): ReactNode =>
    h(Text, { wrap: 'truncate', inverse: isSelected }, `${isSelected ? '▌' : ' '} ${text}`),
);

function Table(): ReactNode {
  const [cursor, setCursor] = useState(0);
  const [, setGeneration] = useState(0);
  draw = () => setGeneration((before) => before + 1);
  useInput((key) => {
    if (key === 'j') setCursor((before) => (before + 1) % total);
    if (key === 'k') setCursor((before) => Math.max(0, before - 1));
  });
  const top = Math.max(0, cursor - inSight + 1);
  return h(
    Box,
    { flexDirection: 'column' },
    h(Text, { bold: true }, ` Pods  ${total} pods`),
    ...rows.slice(top, top + inSight).map((text, i) => h(Row, { key: i, text, isSelected: top + i === cursor })),
  );
}

render(h(Table), { alternateScreen: true, patchConsole: false });
