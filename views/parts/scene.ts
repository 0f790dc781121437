// What a pane is drawn from: the two states as they were when it was rendered.
import type { DataState } from '../../src/state/data.ts';
import type { UiState } from '../../src/state/ui.ts';
import type { SlotId, ViewState } from '../../src/state/view.ts';
import type { Services } from './services.ts';

export type PaneScene = {
  readonly services: Services;
  readonly ui: UiState;
  readonly data: DataState;
  readonly view: ViewState;
  readonly slot: SlotId;
  readonly hasFocus: boolean;
};
