// A table's pane as data: title rule, columns laid out, and the words that stand where rows do not.
import type { ClusterId } from '../../src/core/ids.ts';
import { clockSeconds, count, plural, silence } from '../../src/core/format.ts';
import { formatScope } from '../../src/core/scope.ts';
import { isFull } from '../../src/core/cluster.ts';
import { parseTerms } from '../../src/core/filter/terms.ts';
import { slotKeys } from '../../src/state/decks.ts';
import { isReadOnce } from '../../src/state/fetch-again.ts';
import type { RowList } from '../../src/state/lists.ts';
import { objectText } from '../../src/state/targets.ts';
import { linkFor, type InputLine, type UiState } from '../../src/state/ui.ts';
import type { Content, LinkTarget, SlotId, ViewState } from '../../src/state/view.ts';
import type { Faces } from '../parts/faces.ts';
import { bold, clusterName, type Line, seg } from '../parts/pen.ts';
import type { TitleRule } from '../parts/title-rule.ts';
import type { Theme } from '../theme/theme.ts';

/** What a table pane's title is made of. */
export type TableTitleInput = {
  readonly ui: UiState;
  readonly view: ViewState;
  readonly slot: SlotId;
  readonly list: RowList;
  readonly theme: Theme;
  readonly faces: Faces;
  /** The time now; how long ago is counted in tens of seconds. */
  readonly now: number;
};

/** `pods`, `problems`: what a table's rows are called; the last word of its title in small letters. */
export const nounOf = (content: Content): string => {
  if (content.type === 'clusters') return 'clusters';
  if (content.type === 'containers') return 'containers';
  if (content.type === 'related') return 'objects';
  if (content.type !== 'table') return 'rows';
  return content.table === 'problems' ? 'problems' : (content.table.split('.')[0] ?? 'rows');
};

const singular = (noun: string): string =>
  noun.endsWith('ies')
    ? `${noun.slice(0, -3)}y`
    : /(?:ses|xes)$/.test(noun)
      ? noun.slice(0, -2)
      : noun.replace(/s$/, '');

export function titleOf(content: Content, link: LinkTarget | null): { readonly title: string; readonly about: string } {
  switch (content.type) {
    case 'table': {
      const about = content.isLinked
        ? link?.row.app === '' || link === null
          ? (link?.row.name ?? '')
          : link.row.app
        : content.about;
      return { title: content.title, about };
    }
    case 'clusters':
      return { title: 'Clusters', about: '' };
    case 'containers':
      return { title: 'Containers', about: content.ref.name };
    case 'related':
      return { title: 'Related', about: '' };
    case 'why':
      return { title: 'Why', about: content.row.name };
    case 'logs':
      return { title: 'Logs', about: content.isLinked ? link?.row.app || link?.row.name || '' : content.about };
    case 'document':
      return { title: content.form === 'yaml' ? 'YAML' : 'Describe', about: content.ref.name };
    case 'detail':
      return { title: 'Detail', about: '' };
  }
}

export function tableTitle(input: TableTitleInput): TitleRule {
  const { ui, view, slot, list } = input;
  const { content } = view;
  const { title, about } = titleOf(content, linkFor(ui, content));
  const isRoot = ui.slots[slot].length === 1;
  const cluster = onlyCluster(ui, content, input.faces);
  return {
    key: isRoot ? (slotKeys[slot] ?? '') : '',
    title: [bold(title)],
    facts: [...(about === '' ? [] : [[seg(about, 'text')]]), ...cluster, ...tableFacts(input)],
    notes: [...filterNote(view, ui.input, ui.focus === slot), ...badges(view, list)],
    right: rightParts(input),
  };
}

function tableFacts({ ui, view, list, faces }: TableTitleInput): readonly Line[] {
  const { content } = view;
  if (list.columns.length === 0) return [];
  if (content.type === 'clusters') return fleetFacts(ui);
  // Its object stands beside the title; that object and its events would be counted as well.
  if (content.type === 'related') return [];
  if (content.type === 'table' && content.table === 'problems') {
    if (list.all === 0 && list.state.state === 'empty') {
      return ui.fleet !== null && isFull(ui.fleet.coverage) && formatScope(ui.scope) === ''
        ? [[seg('all clear', 'muted')]]
        : [];
    }
    const clusters = new Set<ClusterId>();
    for (let i = 0; i < list.total; i++) for (const id of list.rowAt(i)?.clusters ?? []) clusters.add(id);
    const named = [...clusters].filter((id) => faces.has(id)).length;
    return [
      [seg(plural(list.total, 'problem'), 'muted')],
      ...(named > 0 ? [[seg(plural(named, 'cluster'), 'muted')]] : []),
    ];
  }
  const noun = nounOf(content);
  const objects = [seg(plural(list.matched, singular(noun), noun), 'muted')];
  return content.type === 'table' && content.group === 'app' ? [[seg('by app', 'muted')], objects] : [objects];
}

function fleetFacts(ui: UiState): readonly Line[] {
  if (ui.fleet === null) return [];
  const { clusters } = ui.fleet;
  const nodes = clusters.reduce((sum, c) => sum + (c.nodes?.total ?? 0), 0);
  const pods = clusters.reduce((sum, c) => sum + (c.pods ?? 0), 0);
  const parked = clusters.filter((c) => c.state.phase === 'parked').length;
  return [
    [seg(plural(clusters.length, 'cluster'), 'muted')],
    ...(parked > 0 ? [[seg(`${parked} parked`, 'muted')]] : []),
    ...(nodes > 0 ? [[seg(plural(nodes, 'node'), 'muted')]] : []),
    ...(pods > 0 ? [[seg(plural(pods, 'pod'), 'muted')]] : []),
  ];
}

/** With one cluster in scope its column falls away, and its name stands in the title. */
export function isOneCluster(ui: UiState): boolean {
  const connected = ui.fleet?.clusters ?? [];
  return ui.scope.clusters.length === 1 && !/[*?]/.test(ui.scope.clusters[0] ?? '*') && connected.length > 0;
}

function onlyCluster(ui: UiState, content: Content, faces: Faces): readonly Line[] {
  if (content.type === 'containers') {
    const face = faces.get(content.ref.cluster);
    return face === undefined ? [] : [[{ text: '■', token: 'muted', hue: face.hue }, seg(face.name, 'muted')]];
  }
  if (content.type === 'related') {
    const face = faces.get(content.ref.cluster);
    return [
      [
        ...(face === undefined ? [] : [...clusterName(face), seg(' ')]),
        seg(`${content.ref.kind} `, 'muted'),
        seg(objectText(content.ref)),
      ],
    ];
  }
  return isOneCluster(ui) && content.type === 'table' ? [[seg(ui.scope.clusters[0] ?? '', 'muted')]] : [];
}

/** The pane's filter behind its title; the bad term of it underlined, the caret while it is typed. */
export function filterNote(view: ViewState, input: InputLine | null, hasFocus: boolean): readonly Line[] {
  const typed = hasFocus && input !== null && input.for === 'filter' ? input : null;
  const text = typed?.text ?? view.list.filter;
  if (text === '' && typed === null) return view.list.onlyWrong ? [[seg('! only wrong', 'accent')]] : [];
  const note: Line = [seg('/ ', 'muted'), ...markBad(text), ...(typed === null ? [] : [seg('▏', 'accent')])];
  return view.list.onlyWrong ? [note, [seg('! only wrong', 'accent')]] : [note];
}

/** A filter in accent, with what is not understood underlined in fail. */
export function markBad(text: string): Line {
  const { bad } = parseTerms(text);
  if (bad === null) return [seg(text, 'accent')];
  return [
    seg(text.slice(0, bad.from), 'accent'),
    seg(text.slice(bad.from, bad.to), 'fail', 2),
    seg(text.slice(bad.to), 'accent'),
  ];
}

function badges(view: ViewState, list: RowList): readonly Line[] {
  const out: Line[] = [];
  if (view.list.marks.size > 0) {
    const hidden = [...view.list.marks.keys()].filter((key) => list.find(key) === undefined).length;
    out.push([seg(`${view.list.marks.size} marked${hidden > 0 ? `, ${hidden} hidden` : ''}`, 'accent')]);
  }
  if (view.list.isFrozen) {
    out.push([
      { text: ' Z ', token: 'ink', attrs: 1, ground: 'accent' },
      seg(
        list.changes === 0
          ? ' frozen'
          : ` ${list.changes === 1 ? '1 change waits' : `${count(list.changes)} changes wait`}`,
        'text',
      ),
    ]);
  }
  return out;
}

function rightParts({ ui, view, list, theme, now }: TableTitleInput): readonly Line[] {
  const { content } = view;
  const out: Line[] = [];
  if (list.staleSince !== null) {
    const ago = silence(now - list.staleSince);
    out.push([seg(`${theme.glyphs.stale} as of ${clockSeconds(list.staleSince)}, ${ago} ago`, 'stale')]);
    if (content.type === 'table' && isReadOnce(ui, list.staleSince)) out.push([seg('R reads it again', 'muted')]);
  }
  if ((view.list.filter !== '' || view.list.onlyWrong) && list.all > 0) {
    out.push([seg(`${count(list.matched)} of ${count(list.all)}`, 'muted')]);
  }
  if (content.type === 'table' && content.table === 'problems') out.push(...coverageParts(ui));
  else if (content.type === 'clusters') out.push(...phaseParts(ui));
  else if (content.type === 'table' && content.table === 'workloads' && list.total > 0)
    out.push([seg(orderText(view), 'muted')]);
  return out;
}

const orderText = (view: ViewState): string =>
  view.list.sort === null ? 'worst first' : `by ${view.list.sort.column}`;

/** `coverage 5/7 clusters · 2 kinds denied`: what was looked at, always. */
export function coverageParts(ui: UiState): readonly Line[] {
  const coverage = ui.fleet?.coverage;
  if (coverage === undefined) return [];
  const isWhole = coverage.live === coverage.wanted;
  const { namespaces, deniedKinds, parked, syncing } = coverage;
  return [
    [seg('coverage ', 'muted'), seg(`${coverage.live}/${coverage.wanted} clusters`, isWhole ? 'muted' : 'stale')],
    ...(deniedKinds.length > 0 ? [[seg(`${plural(deniedKinds.length, 'kind')} denied`, 'warn')]] : []),
    ...(namespaces.length > 0 ? [[seg(`ns ${namespaces.join(', ')} only`, 'warn')]] : []),
    ...(syncing > 0 ? [[seg(`${plural(syncing, 'kind')} syncing`, 'busy')]] : []),
    ...(parked > 0 ? [[seg(`${parked} parked`, 'muted')]] : []),
  ];
}

function phaseParts(ui: UiState): readonly Line[] {
  const clusters = ui.fleet?.clusters ?? [];
  const of = (phase: string): number => clusters.filter((c) => c.state.phase === phase).length;
  const part = (phase: string, word: string, token: 'muted' | 'stale' | 'warn' | 'fail' | 'busy'): readonly Line[] =>
    of(phase) === 0 ? [] : [[seg(`${of(phase)} ${word}`, token)]];
  return [
    ...part('live', 'live', 'muted'),
    ...part('stale', 'stale', 'stale'),
    ...part('offline', 'offline', 'fail'),
    ...part('login', 'login', 'warn'),
    ...part('denied', 'denied', 'warn'),
    ...part('connecting', 'connecting', 'busy'),
  ];
}
