// The boundary checker must find what it is there to find: each violation is planted in a small tree of its own.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkBoundaries } from './check-boundaries.ts';
import { findCycles } from './check-cycles.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'flagbridge-boundaries-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function violationsOf(files: Record<string, string>): readonly string[] {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return checkBoundaries(root, Object.keys(files).length).violations;
}

describe('what is allowed', () => {
  test('a room may know the rooms below it', () => {
    const files = {
      'src/core/row.ts': 'export type Row = { id: string };',
      'src/core/format.ts': 'export const seconds = (n: number): string => `${n}s`;',
      'src/protocol/messages.ts': "import type { Row } from '../core/row.ts'; export type Message = Row;",
      'src/state/store.ts': "import type { Message } from '../protocol/messages.ts'; export type S = Message;",
      'views/a-view.tsx':
        "import type { Row } from '../src/core/row.ts'; import { seconds } from '../src/core/format.ts'; import { Box } from 'ink'; export const v = [seconds, Box] as unknown as Row;",
      'src/cli/get.ts': 'process.stdout.write("x");',
    };

    expect(violationsOf(files)).toEqual([]);
  });

  test('a test beside the source may know everything', () => {
    const files = {
      'src/demo/start.ts': 'export const start = 1;',
      'src/core/row.test.ts':
        "import { start } from '../demo/start.ts'; import 'node:child_process'; export { start };",
    };

    expect(violationsOf(files)).toEqual([]);
  });
});

describe('what is not', () => {
  test('a room that knows one above it', () => {
    const files = {
      'src/kube/session.ts': 'export const s = 1;',
      'src/core/row.ts': "\nimport { s } from '../kube/session.ts'; export { s };",
    };

    expect(violationsOf(files)).toEqual(['src/core/row.ts:2 (core) must not know kube: src/kube/session.ts']);
  });

  test('types count too, also as import() in a type and in an export', () => {
    const files = {
      'src/engine/engine.ts': 'export type Engine = 1;',
      'src/kube/a.ts': "export type { Engine } from '../engine/engine.ts';",
      'src/kube/b.ts': "export type B = import('../engine/engine.ts').Engine;",
      'src/kube/c.ts': "export const c = () => import('../engine/engine.ts');",
    };

    expect(violationsOf(files)).toEqual([
      'src/kube/a.ts:1 (kube) must not know engine: src/engine/engine.ts',
      'src/kube/b.ts:1 (kube) must not know engine: src/engine/engine.ts',
      'src/kube/c.ts:1 (kube) must not know engine: src/engine/engine.ts',
    ]);
  });

  test('a view that reaches for the engine, or for its messages', () => {
    const files = {
      'src/protocol/messages.ts': 'export type Message = 1;',
      'views/a-view.tsx': "import type { Message } from '../src/protocol/messages.ts'; export type M = Message;",
    };

    expect(violationsOf(files)).toEqual([
      'views/a-view.tsx:1 (views) must not know protocol: src/protocol/messages.ts',
    ]);
  });

  test('a plugin that knows another plugin, or anything but the contract', () => {
    const files = {
      'plugins/b/rows.ts': 'export const r = 1;',
      'src/kube/session.ts': 'export const s = 1;',
      'plugins/a/index.ts':
        "import { r } from '../b/rows.ts'; import { s } from '../../src/kube/session.ts'; export default [r, s];",
    };

    expect(violationsOf(files)).toEqual([
      'plugins/a/index.ts:1 imports another plugin: plugins/b/rows.ts',
      'plugins/a/index.ts:1 (plugins) must not know kube: src/kube/session.ts',
    ]);
  });

  test('the demo in the engine', () => {
    const files = {
      'src/demo/start.ts': 'export const d = 1;',
      'src/engine/e.ts': "import { d } from '../demo/start.ts'; export { d };",
    };

    expect(violationsOf(files)).toEqual(['src/engine/e.ts:1 (engine) must not know demo: src/demo/start.ts']);
  });

  test('a circle of imports', () => {
    const files = {
      'src/core/a.ts': "export * from './b.ts';",
      'src/core/b.ts': "export * from './c.ts';",
      'src/core/c.ts': "import type { A } from './a.ts'; export type C = A;",
    };

    expect(violationsOf(files)).toEqual([
      'a circle of imports: src/core/a.ts → src/core/b.ts → src/core/c.ts → src/core/a.ts',
    ]);
  });

  test('what is reserved for one room', () => {
    const files = {
      'src/engine/print.ts': 'process.stdout.write("x");',
      'src/engine/out.ts': "import { stdout } from 'node:process'; export { stdout };",
      'src/engine/run.ts': "import { spawn } from 'node:child_process'; export { spawn };",
      'src/engine/end.ts': 'process.exit(1);',
      'src/engine/client.ts':
        "import { KubeConfig } from '@kubernetes/client-node/dist/config.js'; export { KubeConfig };",
      'plugins/a/rows.ts': "import { Box } from 'ink'; export { Box };",
      'src/state/hook.ts': "import { useState } from 'react'; export { useState };",
    };

    const found = violationsOf(files).map((each) => each.split(':').slice(0, 2).join(':'));

    expect(found).toEqual([
      'plugins/a/rows.ts:1 uses ink',
      'src/engine/client.ts:1 uses @kubernetes/client-node/dist/config.js',
      'src/engine/end.ts:1 uses process.exit',
      'src/engine/out.ts:1 uses process.stdout',
      'src/engine/print.ts:1 uses process.stdout',
      'src/engine/run.ts:1 uses node',
      'src/state/hook.ts:1 uses react',
    ]);
  });

  test('an import of nothing, a file that cannot be read, a folder that is no room', () => {
    const files = {
      'src/core/a.ts': "import './gone.ts';",
      'src/core/broken.ts': 'export const = 1;',
      'src/utils/x.ts': "import '../core/a.ts';",
    };

    const found = violationsOf(files);

    expect(found).toContain('src/core/a.ts:1 imports ./gone.ts, which does not exist');
    expect(found.some((each) => each.startsWith('src/core/broken.ts cannot be read'))).toBe(true);
    expect(found).toContain('src/utils/x.ts:1 is in no room: name its folder in scripts/check-boundaries-rules.ts');
  });

  test('fewer modules than there are', () => {
    writeFileSync(join(root, 'a.ts'), '');

    expect(checkBoundaries(root, 3).violations).toEqual(['only 0 modules were read, there are at least 3']);
  });
});

test('circles are found once each, also a module that imports itself', () => {
  const edges = new Map([
    ['a', ['b', 'd']],
    ['b', ['c']],
    ['c', ['a']],
    ['d', ['d']],
    ['e', ['a']],
  ]);

  expect(findCycles(edges)).toEqual([['d'], ['a', 'b', 'c']]);
});
