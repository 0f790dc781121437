// Header, strip and footer as data, from the state of the screen.
import type { ClusterSummary } from '../../src/core/cluster.ts';
import { clock, plural } from '../../src/core/format.ts';
import { formatScope, parseScope } from '../../src/core/scope.ts';
import { parseTerms } from '../../src/core/filter/terms.ts';
import { includesCluster } from '../../src/core/scope.ts';
import { tableOf } from '../../src/state/open.ts';
import { into } from '../../src/state/targets.ts';
import type { Message, UiState } from '../../src/state/ui.ts';
import { type Binding, keyLabel, type Spot } from '../keys/binding.ts';
import { bindingFor } from '../keys/table.ts';
import type { FooterModel, Hint } from '../parts/footer.ts';
import type { HeaderModel } from '../parts/header.ts';
import { facesOf } from '../parts/faces.ts';
import { clusterName, type Line, seg } from '../parts/pen.ts';
import type { Services } from '../parts/services.ts';
import type { StripModel } from '../parts/strip.ts';
import { targetLine } from '../sheets/list-sheets.ts';
import { markBad } from '../table/table-model.ts';
import { attr } from '../theme/theme.ts';
import type { Glyphs } from '../theme/glyphs.ts';
import type { Token } from '../theme/palette.ts';

export function headerModel(ui: UiState, services: Services): HeaderModel {
  return {
    isDemo: services.isDemo,
    decks: ui.decks.map((deck) => deck.id),
    deck: ui.deck,
    scope: scopeParts(ui),
    clock: `${clock(ui.minute, ui.minute)}Z`,
    note: writesNote(ui, services),
  };
}

/** `writes ● on`, `writes ■ locked`, `◆ armed 12 min`. */
function writesNote(ui: UiState, { note }: Services): HeaderModel['note'] {
  if (note !== '') return { line: [seg(note, 'warn')], stays: true };
  if (ui.writesLocked) return { line: [seg('writes ', 'muted'), seg('■ locked', 'warn', attr.bold)], stays: true };
  const until = Math.max(0, ...Object.values(ui.armed));
  const minutes = Math.ceil((until - ui.minute) / 60_000);
  if (minutes > 0) return { line: [seg('◆ armed ', 'protected', attr.bold), seg(`${minutes} min`)], stays: true };
  return { line: [seg('writes ', 'muted'), seg('●', 'ok'), seg(' on', 'muted')], stays: false };
}

/** `all clusters · all namespaces`, and the filter in accent. */
function scopeParts({ scope }: UiState): readonly Line[] {
  const clusters = scope.clusters.length === 0 ? 'all clusters' : scope.clusters.join(', ');
  const namespaces = scope.namespaces.length === 0 ? 'all namespaces' : `ns ${scope.namespaces.join(', ')}`;
  const isWhole = scope.clusters.length === 0;
  return [
    [seg(clusters, isWhole ? 'text' : 'accent')],
    [seg(namespaces, scope.namespaces.length === 0 ? 'text' : 'accent')],
    ...(scope.filter === '' ? [] : [markBad(scope.filter)]),
  ];
}

export function stripModel(ui: UiState, now: number): StripModel {
  const { fleet } = ui;
  const clusters = fleet?.clusters ?? [];
  return {
    clusters: ui.isEngineAlive ? clusters : clusters.map((c) => silenced(c, fleet?.at ?? ui.minute)),
    live: fleet?.coverage.live ?? 0,
    wanted: fleet?.coverage.wanted ?? 0,
    parked: fleet?.coverage.parked ?? 0,
    now,
    isEngineAlive: ui.isEngineAlive,
  };
}

/** While the engine is silent nothing that was live is known to be. */
const silenced = (c: ClusterSummary, at: number): ClusterSummary =>
  c.state.phase === 'live' || c.state.phase === 'connecting'
    ? { ...c, state: { phase: 'stale', lastHeard: at, reason: 'the engine is silent', nextTryAt: null } }
    : c;

const always: readonly Hint[] = [
  { key: 'x', label: 'actions' },
  { key: ':', label: 'go to' },
  { key: '?', label: 'keys' },
];

export function footerModel(ui: UiState, spot: Spot, bindings: readonly Binding[], glyphs: Glyphs): FooterModel {
  const message = ui.message === null ? null : messageLine(ui, ui.message, glyphs);
  if (ui.input !== null) {
    return {
      target: [],
      hints: [],
      always: [
        ...(ui.input.text === '' ? [] : [{ key: 'Ctrl-u', label: 'empty' }]),
        { key: 'Enter', label: 'keep' },
        { key: 'Esc', label: 'undo' },
      ],
      message: null,
      input: inputLine(ui),
    };
  }
  return {
    target: targetLine(spot),
    hints: hintsFor(spot, bindings),
    always: always.flatMap((hint) => keyNow(bindings, spot, hint)),
    message,
    input: null,
  };
}

/** The right end names the keys as they are mapped. */
function keyNow(bindings: readonly Binding[], spot: Spot, hint: Hint): readonly Hint[] {
  const id = { x: 'actions.open', ':': 'palette.open', '?': 'help.open' }[hint.key];
  const binding = bindings.find((b) => b.id === id);
  const key = binding?.keys.find((k) => bindingFor(bindings, k, spot) === binding);
  return key === undefined ? [] : [{ ...hint, key: keyLabel(key) }];
}

/** What this pane's keys do with the target, the most wanted first. */
function hintsFor(spot: Spot, bindings: readonly Binding[]): readonly Hint[] {
  const hints = bindings
    .filter((b) => b.hint !== undefined && b.applies(spot) && b.disabledReason?.(spot) === undefined)
    .sort((a, b) => (a.hint ?? 0) - (b.hint ?? 0))
    .flatMap((b): readonly Hint[] => {
      const key = b.keys.find((k) => bindingFor(bindings, k, spot) === b);
      return key === undefined
        ? []
        : [{ key: keyLabel(key), label: b.id === 'go.into' ? intoLabel(spot) : (b.hintLabel ?? b.title) }];
    });
  // Where Enter does what another key does everywhere, one of them is enough.
  return hints.filter((hint, i) => hints.findIndex(({ label }) => label === hint.label) === i);
}

/** Where Enter leads from here. */
function intoLabel(spot: Spot): string {
  const { content } = spot.view;
  if (content.type === 'containers') return 'logs';
  if (content.type === 'document') return 'fold';
  if (content.type === 'related' && spot.row?.ref === null) return 'events';
  const table = tableOf(spot.ui, content);
  const target = spot.row === undefined || table === '' ? null : into(table, spot.row);
  if (target?.type === 'table') return target.title.toLowerCase();
  if (target !== null) return target.type === 'document' ? target.form : target.type;
  const phase = spot.cluster?.state.phase;
  return phase === 'login' ? 'log in' : phase === 'parked' ? 'connect' : 'use as scope';
}

const messageGlyph = (glyphs: Glyphs, severity: Message['severity']): readonly [string, Token] =>
  (
    ({
      ok: [glyphs.ok, 'ok'],
      info: [glyphs.info, 'muted'],
      warn: [glyphs.warn, 'warn'],
      fail: [glyphs.fail, 'fail'],
    }) as const
  )[severity];

function messageLine(ui: UiState, message: Message, glyphs: Glyphs): Line {
  const [glyph, token] = messageGlyph(glyphs, message.severity);
  const face = message.cluster === null ? undefined : facesOf(ui.fleet).get(message.cluster);
  return [
    seg(`${glyph} `, token, 1),
    ...(face === undefined ? [] : [...clusterName(face), seg(' ')]),
    seg(message.text),
  ];
}

/** The line being typed, with what is wrong about it. */
function inputLine({ input, fleet }: UiState): Line {
  if (input === null) return [];
  const label = { filter: '/ ', scope: 'scope ', search: '/ ' }[input.for];
  const { bad } = input.for === 'search' ? { bad: null } : parseTerms(input.text);
  return [
    seg(label, 'muted'),
    ...withCaret(input.for === 'search' ? [seg(input.text, 'accent')] : markBad(input.text), input.caret),
    ...explained(),
  ];

  function explained(): Line {
    if (bad !== null) return [seg('   '), seg(bad.reason, 'warn')];
    if (input?.for === 'search') return input.text === '' ? [seg('  words that stand in it', 'faint')] : [];
    if (input?.for !== 'scope')
      return input?.text === '' ? [seg('  word  "exact"  /regex/  ns:shop  status:fail  !term  age<10m', 'faint')] : [];
    const { scope } = parseScope(input.text);
    const clusters = fleet?.clusters ?? [];
    const hits = clusters.filter((c) => includesCluster(scope, [c.name, c.identity, ...c.otherIdentities])).length;
    const text =
      formatScope(scope) === '' ? '  c:run-* ns:shop cart' : `   ${plural(hits, 'cluster')} of ${clusters.length}`;
    return [seg(text, hits === 0 ? 'warn' : 'muted')];
  }
}

/** Puts the caret between the letters of a line. */
function withCaret(line: Line, caret: number): Line {
  const out: Line[number][] = [];
  let left = caret;
  let isDone = false;
  for (const s of line) {
    if (!isDone && left <= s.text.length) {
      out.push({ ...s, text: s.text.slice(0, left) }, seg('▏', 'accent', 1), { ...s, text: s.text.slice(left) });
      isDone = true;
    } else out.push(s);
    left -= s.text.length;
  }
  return isDone ? out : [...out, seg('▏', 'accent', 1)];
}
