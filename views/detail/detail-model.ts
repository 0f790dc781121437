// Everything about one selected row, in words: for the detail pane, and below the list on a small screen.
import { age, clock, clockSeconds, plural } from '../../src/core/format.ts';
import type { ClusterRights, ClusterSummary, Right } from '../../src/core/cluster.ts';
import type { Problem } from '../../src/core/problem.ts';
import type { Column, Row } from '../../src/core/row.ts';
import type { ProblemDetail } from '../../src/state/data.ts';
import { skewText } from '../../src/core/skew.ts';
import { phaseText, rightsText } from '../../src/state/cluster-rows.ts';
import { objectText } from '../../src/state/targets.ts';
import { cellText, healthToken } from '../parts/cells.ts';
import type { Faces } from '../parts/faces.ts';
import { bold, clusterName, type Line, seg } from '../parts/pen.ts';
import type { Token } from '../theme/palette.ts';

/** A labelled line; an empty label continues the one above. `wraps`: prose that goes on below. */
export type DetailLine = {
  readonly label: string;
  readonly value: Line;
  readonly wraps: boolean;
  /** Its last words are an object's name: cut in the middle, whose suffix tells pods apart. */
  readonly endsInName?: boolean;
};

export type Detail = { readonly title: Line; readonly facts: readonly Line[]; readonly lines: readonly DetailLine[] };

const line = (label: string, value: Line, wraps = false): DetailLine => ({ label, value, wraps });
const words = (label: string, text: string, token: Token = 'text'): DetailLine => line(label, [seg(text, token)], true);
const gap: DetailLine = line('', []);

export const clustersLine = (row: Row, faces: Faces): Line =>
  row.clusters.flatMap((id, i) => {
    const face = faces.get(id);
    if (face === undefined) return [];
    return [...(i > 0 ? [seg(' ')] : []), ...clusterName(face), ...(face.protected ? [seg(' ◆', 'protected')] : [])];
  });

/** A problem: what, why, since when, and every object that has it with its evidence. */
export function problemDetail(
  row: Row,
  columns: readonly Column[],
  found: ProblemDetail | undefined,
  faces: Faces,
  now: number,
): Detail {
  // What is asked for is the whole fold; the row is what the scope left of it.
  const problems = found?.problems.filter(({ ref }) => row.clusters.includes(ref.cluster)) ?? [];
  const [first] = problems;
  const title = first?.title ?? textOf(row, columns, 'problem', now);
  const head = { title: [bold(row.name)], facts: [[seg(title, healthToken[row.health])], clustersLine(row, faces)] };
  if (first === undefined) return { ...head, lines: cellLines(row, columns, now) };
  return { ...head, lines: problemLines(problems, faces, now) };
}

/** One problem in however many objects: what it is, since when, what proves it, and where. */
export function problemLines(problems: readonly Problem[], faces: Faces, now: number): readonly DetailLine[] {
  const [first] = problems;
  if (first === undefined) return [];
  const earliest = Math.min(...problems.map((p) => p.since));
  return [
    words('what', first.message),
    line('since', [seg(clockSeconds(earliest)), seg(`  ${age(now - earliest)}`, 'muted')]),
    ...evidenceLines('evidence', first),
    gap,
    ...problems.flatMap((problem, i) => targetLines(problem, i, problems, faces, now)),
  ];
}

function targetLines(
  problem: Problem,
  i: number,
  all: readonly Problem[],
  faces: Faces,
  now: number,
): readonly DetailLine[] {
  const face = faces.get(problem.ref.cluster);
  const target: Line = [
    seg(`${clock(problem.since, now)} `, 'muted'),
    ...(face === undefined ? [] : [...clusterName(face), seg(' ')]),
    seg(`${problem.ref.kind} `, 'muted'),
    seg(objectText(problem.ref)),
  ];
  const label = i === 0 ? plural(all.length, 'target') : '';
  const isOther = i > 0 && problem.message !== all[0]?.message;
  return [
    { ...line(label, target), endsInName: true },
    // Its evidence would say the same with other numbers; `d` on the object has it.
    ...(isOther ? [words('', problem.message, 'muted')] : []),
  ];
}

const evidenceLines = (label: string, problem: Problem): readonly DetailLine[] =>
  problem.evidence
    .filter((text) => text !== problem.message)
    .map((text, i) => words(i === 0 ? label : '', text, 'muted'));

const textOf = (row: Row, columns: readonly Column[], id: string, now: number): string => {
  const at = columns.findIndex((column) => column.id === id);
  return at < 0 ? '' : cellText(columns[at] as Column, row.cells[at] ?? null, now);
};

/** Any row: every column whole, also those that the list hides. */
export function rowDetail(row: Row, columns: readonly Column[], faces: Faces, now: number): Detail {
  const where = clustersLine(row, faces);
  const kind: readonly Line[] = row.ref === null ? [] : [[seg(row.ref.kind, 'muted')]];
  return {
    title: [bold(row.name)],
    facts: [...kind, where],
    lines: [
      ...(row.ref === null ? [] : [line('object', [seg(`${row.ref.kind} `, 'muted'), seg(objectText(row))])]),
      line(row.clusters.length > 1 ? 'clusters' : 'cluster', where, true),
      // The object's line has said these two.
      ...cellLines(row, columns, now, row.ref === null ? [] : ['namespace', 'kind']),
      ...(row.ref === null || row.ref.uid === '' ? [] : [line('uid', [seg(row.ref.uid, 'muted')])]),
      ...(row.stale
        ? [words('shown', 'as it was when the cluster was last heard; no action until live', 'stale')]
        : []),
    ],
  };
}

/** Titles that are cut short over a column are written out. */
const labels: Readonly<Record<string, string>> = {
  RST: 'restarts',
  PROB: 'problems',
  RTT: 'round trip',
  CPU: 'CPU',
  IP: 'IP',
  'INTERNAL IP': 'internal IP',
  'EXTERNAL IP': 'external IP',
  'OS IMAGE': 'OS image',
};

function cellLines(
  row: Row,
  columns: readonly Column[],
  now: number,
  said: readonly string[] = [],
): readonly DetailLine[] {
  return columns.flatMap((column, i) => {
    const cell = row.cells[i] ?? null;
    if (cell === null || column.type === 'clusters' || column.type === 'name' || said.includes(column.id)) return [];
    const text = cellText(column, cell, now);
    if (text === '' || text === '—') return [];
    const since =
      column.type === 'age' && typeof cell === 'number'
        ? [seg(`  ${new Date(cell).toISOString().replace('.000Z', 'Z')}`, 'muted' as Token)]
        : [];
    return [
      line(
        labels[column.title] ?? column.title.toLowerCase(),
        [seg(text, row.stale ? 'stale' : 'text'), ...since],
        true,
      ),
    ];
  });
}

/** One cluster: how it is reached, as whom, what it says, what is missing. */
export function clusterDetail(c: ClusterSummary, said: ClusterRights | null, now: number): Detail {
  const { state } = c;
  const skew = skewText(c.skewMs);
  const phase = phaseText(state, now);
  const token: Token =
    state.phase === 'stale'
      ? 'stale'
      : state.phase === 'offline'
        ? 'fail'
        : state.phase === 'login' || state.phase === 'denied'
          ? 'warn'
          : 'muted';
  const guard: Line = c.protected ? [seg('◆ protected', 'protected')] : [];
  return {
    title: [{ text: '■', token: 'muted', hue: c.hue }, bold(c.name)],
    facts: [[seg(phase, token)], ...(guard.length > 0 ? [guard] : [])],
    lines: [
      line('server', [seg(c.server), ...(c.insecure ? [seg('  TLS is not checked', 'warn')] : [])]),
      line('identity', [
        seg(c.identity),
        ...(c.defaultNamespace === '' ? [] : [seg(`  ns ${c.defaultNamespace}`, 'muted')]),
      ]),
      ...(c.otherIdentities.length > 0
        ? [words('also', `${plural(c.otherIdentities.length, 'more context')}: ${c.otherIdentities.join(', ')}`)]
        : []),
      ...stateLines(c),
      ...(c.uid === null ? [] : [line('uid', [seg(c.uid), seg(' (kube-system)', 'muted')])]),
      line('version', [seg(c.version ?? 'not known', c.version === null ? 'muted' : 'text')]),
      ...(skew === null
        ? []
        : [words('clock', `this machine is ${skew}; ages and grace times follow the server`, 'warn')]),
      // Before it was ever connected nothing is watched and no right is known.
      ...(c.watches.wanted === 0
        ? []
        : [
            line('watches', [
              seg(
                `${c.watches.synced} of ${c.watches.wanted} kinds`,
                c.watches.synced < c.watches.wanted ? 'busy' : 'text',
              ),
            ]),
          ]),
      state.phase === 'live'
        ? line('rights', [seg(rightsText(c).text, rightsText(c).tone === 'warn' ? 'warn' : 'text')])
        : words('rights', 'not known', 'muted'),
      ...c.denied.map((denial, i) =>
        words(
          i === 0 ? 'denied' : '',
          `${denial.verb} ${denial.resource}${denial.namespace === '' ? '' : ` in ${denial.namespace}`}: ${denial.rule}`,
          'muted',
        ),
      ),
      ...(c.namespaces.length > 0 ? [words('namespaces', c.namespaces.join(', '))] : []),
      ...(said === null ? [] : saidLines(said)),
    ],
  };
}

/** What the server says when asked; beside what was really read or denied. */
function saidLines({ user, groups, rights }: ClusterRights): readonly DetailLine[] {
  const of = (verdict: Right['verdict']): string =>
    rights
      .filter((right) => right.verdict === verdict)
      .map((right) => right.rule)
      .join('; ');
  const lines: readonly (readonly [string, string, Token])[] = [
    ['may', of('yes'), 'text'],
    ['may not', of('no'), 'warn'],
    ['not told', of('unknown'), 'muted'],
  ];
  return [
    ...(user === null ? [] : [words('known as', `${user}${groups.length === 0 ? '' : ` in ${groups.join(', ')}`}`)]),
    ...lines.filter(([, text]) => text !== '').map(([label, text, token]) => words(label, text, token)),
  ];
}

function stateLines(c: ClusterSummary): readonly DetailLine[] {
  const { state } = c;
  const heard =
    c.lastHeard === null
      ? []
      : [line('last heard', [seg(clockSeconds(c.lastHeard), state.phase === 'stale' ? 'stale' : 'text')])];
  const next = (at: number | null): readonly DetailLine[] =>
    at === null ? [] : [line('next try', [seg(clockSeconds(at)), seg('  R tries now', 'muted')])];
  switch (state.phase) {
    case 'stale':
      return [
        ...heard,
        words('why', state.reason, 'stale'),
        words('shown data', `rows of ${clockSeconds(state.lastHeard)}, kept and marked ◌`, 'stale'),
        ...next(state.nextTryAt),
      ];
    case 'offline':
      return [
        ...heard,
        words('why', state.reason, 'fail'),
        line('since', [seg(clockSeconds(state.since))]),
        ...next(state.nextTryAt),
      ];
    case 'login':
      return [
        words('login', state.message, 'warn'),
        ...(state.command === null
          ? []
          : [line('run', [bold(state.command), seg('  c copies, Enter runs it here, R retries', 'muted')], true)]),
        ...heard,
      ];
    case 'denied':
      return [words('missing', state.what.join('; '), 'warn')];
    case 'connecting':
      return [words('doing', state.doing === '' ? 'connecting' : state.doing, 'busy')];
    case 'parked':
      return [words('parked', 'Enter connects it')];
    case 'live':
      return [
        ...(c.roundTripMs === null ? [] : [line('round trip', [seg(`${Math.round(c.roundTripMs)} ms`)])]),
        ...(c.nodes === null ? [] : [line('nodes', [seg(`${c.nodes.ready} of ${c.nodes.total} ready`)])]),
      ];
  }
}
