// Which model an open sheet has.
import type { App } from '../../src/state/app.ts';
import type { Sheet } from '../../src/state/ui.ts';
import type { Binding } from '../keys/binding.ts';
import { actionModel, revisionsModel } from './action-sheet.ts';
import { journalModel, quitModel } from './journal-sheet.ts';
import { consentModel } from './consent-sheet.ts';
import { actionsModel, columnsModel, helpModel, identityModel } from './list-sheets.ts';
import { paletteModel } from './palette-model.ts';
import type { SheetModel } from './sheet-model.ts';

export function sheetModel(app: App, bindings: readonly Binding[], sheet: Sheet): SheetModel {
  switch (sheet.type) {
    case 'palette':
      return paletteModel(app, bindings, sheet);
    case 'help':
      return helpModel(app, bindings, sheet);
    case 'actions':
      return actionsModel(app, bindings, sheet);
    case 'columns':
      return columnsModel(app, sheet);
    case 'identity':
      return identityModel(app, sheet);
    case 'journal':
      return journalModel(app, sheet);
    case 'quit':
      return quitModel(app, sheet);
    case 'revisions':
      return revisionsModel(app, sheet);
    case 'action':
      return actionModel(app, sheet);
    case 'consent':
      return consentModel(app, sheet);
  }
}
