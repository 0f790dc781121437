// From a key or a paste to what happens: the line being typed first, then an open sheet, then the table of keys.
import type { App } from '../../src/state/app.ts';
import { say } from '../../src/state/app.ts';
import { pasteInto, typeInto } from '../../src/state/typing.ts';
import { sheetKey, sheetPaste } from '../sheets/sheet-keys.ts';
import { type Binding, spotOf } from './binding.ts';
import { bindingFor } from './table.ts';

/** What the terminal's input tells, as far as keys are concerned. */
export type KeyPress = { readonly key: string; readonly text: string | null };

/** Handles one key. */
export function pressKey(app: App, bindings: readonly Binding[], press: KeyPress): void {
  const { message } = app.ui.getState();
  app.ui.setState({
    lastKeyAt: app.timers.now(),
    // Errors stay until the next key, and this is it.
    message: message !== null && message.until === null ? null : message,
  });
  const ui = app.ui.getState();
  // These two always mean what they say, whatever is open.
  const isProgramKey = press.key === 'ctrl-c' || press.key === 'ctrl-z';
  if (ui.input !== null && !isProgramKey) return typeInto(app, press.key, press.text);
  if (ui.sheet !== null && !isProgramKey) return sheetKey(app, bindings, press);
  const spot = spotOf(app);
  const binding = bindingFor(bindings, press.key, spot);
  if (binding !== undefined) runBinding(app, binding);
}

/** Runs what a key means, or says why it cannot be used now. */
export function runBinding(app: App, binding: Binding): void {
  const spot = spotOf(app);
  const reason = binding.disabledReason?.(spot);
  if (reason === undefined) binding.run(app, spot);
  else say(app, 'info', `${binding.title}: ${reason}`);
}

/** A paste is text for a line that is being typed; anywhere else it is nothing, and never a key. */
export function paste(app: App, text: string): void {
  const ui = app.ui.getState();
  if (ui.input !== null) pasteInto(app, text);
  else if (ui.sheet !== null) sheetPaste(app, text);
  else say(app, 'info', 'A paste presses no key: open / or : first.');
}
