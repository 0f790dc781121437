import { expect, test } from 'vitest';
import { quoted } from './words.ts';

const pod = 'cart-7d9f-x2v8k_shop(7d3e1c52-0f4e-4c2b-9d0e-2f1f6b0f8a11)';

test.each([
  [`back-off 1m20s restarting failed container=cart pod=${pod}`, 'R: back-off 1m20s restarting failed container=cart'],
  [`Back-off restarting failed container cart in pod ${pod}`, 'R: Back-off restarting failed container cart'],
  ['pod is being evicted from_here (soon)', 'R: pod is being evicted from_here (soon)'],
  ['', 'R'],
])('evidence %j is quoted without the pod that it stands beside', (message, words) =>
  expect(quoted('R', message)).toBe(words),
);
