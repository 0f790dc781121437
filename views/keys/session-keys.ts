// Keys of the program itself.
import { quitOrAsk } from '../../src/state/actions.ts';
import { goBack } from '../../src/state/open.ts';
import { back } from '../../src/state/navigate.ts';
import { focusedView } from '../../src/state/ui.ts';
import { type Binding, everywhere } from './binding.ts';

export const sessionKeys: readonly Binding[] = [
  {
    id: 'session.quit-or-back',
    keys: ['q'],
    title: 'back, or quit at the top',
    section: 'Session',
    where: 'everywhere',
    applies: everywhere,
    run: (app) => {
      const ui = app.ui.getState();
      const hasDrilled = ui.slots[ui.focus].length > 1 || (ui.places.length > 0 && back(ui) !== undefined);
      if (hasDrilled && focusedView(ui).list.filter === '') app.ui.setState((now) => back(now) ?? now);
      else if (hasDrilled) goBack(app);
      else quitOrAsk(app);
    },
  },
  {
    id: 'session.quit',
    keys: ['ctrl-c'],
    title: 'quit',
    section: 'Session',
    where: 'everywhere',
    applies: everywhere,
    run: quitOrAsk,
  },
  {
    id: 'session.suspend',
    keys: ['ctrl-z'],
    title: 'suspend',
    section: 'Session',
    where: 'everywhere',
    applies: everywhere,
    run: (app) => app.ports.suspend(),
  },
  {
    id: 'session.redraw',
    keys: ['ctrl-l'],
    title: 'draw the screen anew',
    section: 'Session',
    where: 'everywhere',
    applies: everywhere,
    run: (app) => app.ports.redraw(),
  },
];
