// How well two colours can be told apart (WCAG 2 relative luminance), and which theme fits a terminal's background.
import { colourOf, type ThemeName } from './palette.ts';

const linear = (channel: number): number => {
  const c = channel / 255;
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
};

/** Relative luminance of `#rrggbb`, 0–1. */
export function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => linear(Number.parseInt(hex.slice(i, i + 2), 16)));
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}

/** Contrast ratio of two colours, 1–21. */
export function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

/** Text tokens that must be readable on the terminal's own background. */
const onGround = ['text', 'muted', 'accent', 'ok', 'warn', 'fail', 'busy', 'stale', 'protected'] as const;

/**
 * The theme for a background that the terminal told (OSC 11), and whether the theme must paint its own ground because
 * some text would fall below 4.5 on that one. Unknown background: dark, unpainted, as most terminals are.
 */
export function chooseTheme(
  asked: 'auto' | ThemeName,
  background: string | null,
): { name: ThemeName; paintsGround: boolean } {
  const name = asked !== 'auto' ? asked : background !== null && luminance(background) > 0.35 ? 'light' : 'dark';
  if (name === 'contrast') return { name, paintsGround: true };
  if (background === null) return { name, paintsGround: false };
  const isLegible = onGround.every((token) => contrast(colourOf(name, token).hex, background) >= 4.5);
  return { name, paintsGround: !isLegible };
}
