// The React tree by itself, drawn by Ink as text: the same panes without our painter.
import { render } from 'ink-testing-library';
import { afterEach, expect, test } from 'vitest';
import { fakeEngine } from '../../test/support/fake-engine.ts';
import { storyNow, tellStory } from '../../test/support/fleet-story.ts';
import { manualClock } from '../../test/support/manual-clock.ts';
import { quietPorts } from '../../test/support/quiet-ports.ts';
import { everything } from '../../src/core/query.ts';
import { builtInDecks } from '../../src/state/decks.ts';
import { startState } from '../../src/state/start.ts';
import { style } from '../../src/terminal/style.ts';
import { defaultBindings } from '../keys/table.ts';
import { ServicesProvider } from '../parts/services.ts';
import { createTheme } from '../theme/theme.ts';
import { ScreenView } from './screen-view.tsx';

const stack = new DisposableStack();
afterEach(() => stack.dispose());

test('header, strip, panes and footer stand where the layout puts them', async () => {
  const clock = manualClock(storyNow);
  const engine = fakeEngine(clock.now);
  tellStory(engine);
  const opening = { scope: everything, scopes: {}, decks: builtInDecks, deck: 'home' };
  const { app } = stack.use(startState(engine, clock, { width: 100, height: 30 }, quietPorts, opening));
  const theme = createTheme({ name: 'dark', paintsGround: false, depth: 'none', ascii: false, intern: style });
  const services = { app, theme, isDemo: true, note: '' };

  const shown = render(
    <ServicesProvider value={services}>
      <ScreenView bindings={defaultBindings} />
    </ServicesProvider>,
  );
  stack.defer(() => shown.unmount());

  await expect.poll(() => shown.lastFrame()).toContain('CrashLoop');
  const lines = (shown.lastFrame() ?? '').replaceAll(/\u001b\[[0-9;]*m/g, '').split('\n');
  expect(lines).toHaveLength(30);
  expect(lines[0]).toMatch(/^ FLAGBRIDGE {3}DEMO .*12:41Z/);
  expect(lines[1]).toContain('✕ run-eu 3');
  expect(lines[2]).toContain('━ 1 Triage');
  expect(lines[29]).toContain('? keys');
});
