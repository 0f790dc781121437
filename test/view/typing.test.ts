// A line that is being typed is edited as at a shell's prompt.
import { expect, test } from 'vitest';
import { drive } from '../support/screen-driver.ts';

test('Ctrl-u empties the scope at once, Enter makes everything the scope again', async () => {
  const d = await drive();
  await d.press('f');
  await d.type('c:run-eu ns:shop');
  await d.press('enter');
  expect(await d.text()).toContain('ns shop');
  await d.press('f', '\x15', 'enter');
  expect(await d.text()).toContain('all clusters · all namespaces');
  await d.quit();
});

test('Ctrl-w takes a word back in the palette', async () => {
  const d = await drive();
  await d.type(':po shop');
  await d.press('\x17');
  expect(await d.text()).toContain('━ : po ▏');
  expect(await d.text()).not.toContain('po shop');
  await d.quit();
});
