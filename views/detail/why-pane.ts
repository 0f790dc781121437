// Why something is unwell: every problem of it, of what it owns and of what owns it, with evidence, one below the other.
import { plural } from '../../src/core/format.ts';
import type { Problem } from '../../src/core/problem.ts';
import { includesCluster } from '../../src/core/scope.ts';
import { objectText } from '../../src/state/targets.ts';
import type { Canvas } from '../../src/terminal/canvas-contract.ts';
import { healthToken } from '../parts/cells.ts';
import { type Faces, facesOf } from '../parts/faces.ts';
import { drawWords, loadingWords, type StateWords } from '../parts/pane-states.ts';
import { bold, type Line, seg } from '../parts/pen.ts';
import { stateGlyph } from '../parts/rows.ts';
import type { PaneScene } from '../parts/scene.ts';
import type { TitleRule } from '../parts/title-rule.ts';
import type { Glyphs } from '../theme/glyphs.ts';
import { clustersLine, type Detail, type DetailLine, problemLines } from './detail-model.ts';
import { drawDetailLines } from './detail-pane.ts';

const rowOf = ({ view }: PaneScene) => {
  if (view.content.type !== 'why') throw new Error('Why drawn for another pane');
  return view.content.row;
};

/**
 * What was answered, of the clusters in scope: an app or a fold may be unwell in others too. What is in none of them was
 * opened under another scope, and is still unwell.
 */
function problemsOf({ data, view, ui }: PaneScene): readonly Problem[] | undefined {
  const inScope = new Set(
    (ui.fleet?.clusters ?? [])
      .filter((c) => includesCluster(ui.scope, [c.name, c.identity, ...c.otherIdentities]))
      .map((c) => c.id),
  );
  const all = data.problems[view.id]?.problems;
  const shown = all?.filter(({ ref }) => inScope.has(ref.cluster));
  return shown?.length === 0 ? all : shown;
}

export function whyTitle(scene: PaneScene): TitleRule {
  const row = rowOf(scene);
  const found = problemsOf(scene);
  const kind: Line = row.ref === null ? [] : [seg(`${row.ref.kind} `, 'muted')];
  return {
    key: '',
    title: [bold('Why')],
    facts: [
      [...clustersLine(row, facesOf(scene.ui.fleet)), seg(' '), ...kind, seg(objectText(row))],
      ...(found === undefined ? [] : [[seg(plural(groupsOf(found).length, 'problem'), 'muted')]]),
    ],
    notes: [],
    right: row.stale ? [[seg(`${scene.services.theme.glyphs.stale} as it was when last heard`, 'stale')]] : [],
  };
}

export function drawWhy(canvas: Canvas, y: number, height: number, width: number, scene: PaneScene): void {
  const { view, services, ui } = scene;
  const { theme, app } = services;
  const found = problemsOf(scene);
  if (found === undefined || found.length === 0)
    return drawWords(canvas, theme, y, wordsFor(scene, found !== undefined), width);
  const detail = whyDetail(found, facesOf(ui.fleet), theme.glyphs, app.timers.now());
  drawDetailLines(canvas, y, height, width, detail, view.list.top, scene);
}

function wordsFor(scene: PaneScene, isAnswered: boolean): readonly StateWords[] {
  const { glyphs } = scene.services.theme;
  const refusal = scene.data.refusals[scene.view.id];
  if (refusal !== undefined)
    return [{ first: [seg(glyphs.fail, 'fail', 1), seg(` ${refusal}`)], second: [seg('Esc goes back', 'muted')] }];
  if (!isAnswered) return [loadingWords(glyphs, 'what is known', 0)];
  // Not green: that no rule found anything is not that all is well.
  return [
    {
      first: [seg(glyphs.info, 'muted'), seg(' No problem is known of it, of what it owns, or of what owns it.')],
      second: [seg('d describes it, J shows what it belongs to', 'muted')],
    },
  ];
}

/** Findings of one cause stand together, as in Triage. */
const groupsOf = (problems: readonly Problem[]): readonly (readonly Problem[])[] => [
  ...Map.groupBy(problems, (p) => `${p.rule}|${p.ref.namespace}|${p.app}|${p.cause}`).values(),
];

function whyDetail(problems: readonly Problem[], faces: Faces, glyphs: Glyphs, now: number): Detail {
  const lines = groupsOf(problems).flatMap((group, i): readonly DetailLine[] => {
    const [first] = group;
    if (first === undefined) return [];
    const token = healthToken[first.severity];
    const head: DetailLine = {
      label: 'problem',
      value: [...stateGlyph(glyphs, first.severity, false), seg(' '), bold(first.title, token), seg(`  ${first.app}`)],
      wraps: false,
    };
    return [...(i > 0 ? [{ label: '', value: [], wraps: false }] : []), head, ...problemLines(group, faces, now)];
  });
  return { title: [], facts: [], lines };
}
