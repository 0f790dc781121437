// What was done: every write of this machine with what became of it, and the question before leaving one behind.
import { clock } from '../../src/core/format.ts';
import type { ActionRecord } from '../../src/core/action.ts';
import type { App } from '../../src/state/app.ts';
import { begunActions, isUnderWay } from '../../src/state/actions.ts';
import type { Sheet } from '../../src/state/ui.ts';
import { bold, type Line, seg } from '../parts/pen.ts';
import type { Token } from '../theme/palette.ts';
import { typed } from './palette-model.ts';
import type { SheetEntry, SheetModel } from './sheet-model.ts';

const glyphOf: Readonly<Record<string, readonly [string, Token]>> = {
  done: ['●', 'ok'],
  applied: ['●', 'ok'],
  reverted: ['▲', 'warn'],
  superseded: ['▲', 'warn'],
  refused: ['✕', 'fail'],
  failed: ['✕', 'fail'],
  unknown: ['?', 'muted'],
  cancelled: ['·', 'muted'],
};

export function journalModel(app: App, sheet: Extract<Sheet, { type: 'journal' }>): SheetModel {
  const words = sheet.input.text.toLowerCase().split(/\s+/);
  const records = (sheet.records ?? []).filter((record) => {
    const text = `${record.title} ${record.cluster} ${record.text} ${record.reason}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const entries = records.map((record) => entryOf(record, app.timers.now()));
  return {
    title: [bold('Actions'), seg(`  ${records.length} of ${sheet.records?.length ?? 0}`, 'muted')],
    right: [seg('find ', 'muted'), ...typed(sheet.input)],
    entries,
    chosen: Math.max(0, Math.min(entries.length - 1, sheet.chosen)),
    columns: 1,
    foot: [],
    hints: [
      { key: 'Enter', label: 'undo it' },
      { key: '↑↓', label: 'choose' },
      { key: 'Esc', label: 'close' },
    ],
    empty: sheet.records === null ? '◐ reading the journal' : 'Nothing was done here.',
  };
}

function entryOf(record: ActionRecord, now: number): SheetEntry {
  const [glyph, token] = glyphOf[record.result ?? ''] ?? ['◐', 'busy'];
  const what: Line = [seg(`${record.cluster}  `, 'muted'), seg(record.title)];
  return {
    section: '',
    label: [seg(`${clock(record.at, now)} `, 'muted'), seg(glyph, token)],
    note: [...what, seg(record.text === '' ? '' : `  ${record.text}`, 'muted')],
    key: record.canUndo ? [seg('Enter', 'muted')] : [],
    disabled: record.canUndo ? undefined : 'nothing takes that back',
    choice: { type: 'undo', record },
    completion: '',
  };
}

export function quitModel(app: App, sheet: Extract<Sheet, { type: 'quit' }>): SheetModel {
  const running = begunActions(app).filter(isUnderWay);
  return {
    title: [bold('Leave while writes are under way?')],
    right: [],
    entries: running.map(({ plan, wish }) => ({
      section: '',
      label: [seg('◐', 'busy')],
      note: [seg(`${plan?.title ?? wish.target.name}: it goes on, and nobody follows it to its end`)],
      key: [],
      disabled: undefined,
      choice: { type: 'none' },
      completion: '',
    })),
    chosen: sheet.chosen,
    isText: true,
    tier: 2,
    columns: 1,
    foot: [],
    confirm: [bold('y', 'accent'), seg(' leaves   '), bold('Esc'), seg(' stays', 'muted')],
    hints: [
      { key: 'y', label: 'leave' },
      { key: 'Esc', label: 'stay' },
    ],
    empty: 'They have come to their end.',
  };
}
