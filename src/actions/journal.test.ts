// The journal on a disk: whole lines, torn lines, other people's lines; what has no result is found.
import { mkdtempSync, readFileSync, statSync, writeFileSync, appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clusterId } from '../core/ids.ts';
import { appendLine } from '../platform/append-file.ts';
import { nodeFiles } from '../platform/files.ts';
import { type IntentLine, openJournal, type ResultLine, unfinished } from './journal.ts';

const intent = (id: string, change: Partial<IntentLine> = {}): IntentLine => ({
  v: 1,
  line: 'intent',
  at: '2026-11-21T12:41:00Z',
  id,
  verb: 'scale',
  title: 'Scale web from 2 to 4',
  cluster: 'run-eu',
  server: 'https://run-eu:6443',
  context: 'run-eu',
  by: { user: 'ops', as: null, host: 'bastion', pid: 7 },
  target: {
    cluster: clusterId('a'),
    type: { group: 'apps', version: 'v1', resource: 'deployments' },
    kind: 'Deployment',
    namespace: 'shop',
    name: 'web',
    uid: 'u',
  },
  tier: 1,
  steps: [],
  dryRun: 'accepted',
  kubectl: '',
  reason: '',
  inverse: null,
  ...change,
});
const result = (id: string): ResultLine => ({
  v: 1,
  line: 'result',
  at: '2026-11-21T12:41:01Z',
  id,
  result: 'done',
  text: 'done',
  auditId: null,
});

function onDisk() {
  const path = join(mkdtempSync(join(tmpdir(), 'flagbridge-journal-')), 'state', 'journal.jsonl');
  const journal = openJournal({
    path,
    append: appendLine,
    read: async (file) => {
      const found = await nodeFiles.read(file);
      return found.ok ? found.data.toString('utf8') : null;
    },
  });
  return { path, journal };
}

describe('the journal', () => {
  it('keeps what is written, for its owner only', async () => {
    const { path, journal } = onDisk();
    expect(await journal.write(intent('1'))).toEqual({ ok: true });
    await journal.write(result('1'));

    expect(await journal.read()).toEqual([intent('1'), result('1')]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('keeps lines apart that are written at once', async () => {
    const { path, journal } = onDisk();
    await Promise.all(Array.from({ length: 50 }, (_, n) => journal.write(intent(String(n)))));

    expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(50);
    expect(new Set((await journal.read()).map(({ id }) => id)).size).toBe(50);
  });

  it('goes on behind a line that a crash tore', async () => {
    const { path, journal } = onDisk();
    await journal.write(intent('1'));
    appendFileSync(path, '{"v":1,"line":"result","id":"1","resu');
    await journal.write(intent('2'));

    expect((await journal.read()).map(({ id }) => id)).toEqual(['1', '2']);
  });

  it('finds what was cut off', async () => {
    const { path, journal } = onDisk();
    await journal.write(intent('1'));
    await journal.write(result('1'));
    await journal.write(intent('2'));
    appendFileSync(path, 'not ours\n{"line":"other","id":"3"}\n');

    expect(unfinished(await journal.read()).map(({ id }) => id)).toEqual(['2']);
  });

  it('holds no secret', async () => {
    const { path, journal } = onDisk();
    await journal.write(intent('1', { reason: 'token=abcdef123456 was leaked', server: 'https://me:secret@host' }));

    expect(readFileSync(path, 'utf8')).not.toMatch(/abcdef123456|secret/);
  });

  it('is put aside once, however many programs see that it is full', async () => {
    const { path, journal } = onDisk();
    await journal.write(intent('old', { reason: 'x'.repeat(8_000) }));
    await Promise.all(Array.from({ length: 20 }, (_, n) => appendLine(path, JSON.stringify(result(String(n))), 6_000)));
    await appendLine(path, JSON.stringify(result('last')), 1_000_000);

    const ids = (await journal.read()).map(({ id }) => id);
    expect(new Set(ids)).toEqual(new Set(['old', 'last', ...Array.from({ length: 20 }, (_, n) => String(n))]));
  });

  it('leaves out lines of another form', async () => {
    const { path, journal } = onDisk();
    await journal.write(intent('1'));
    appendFileSync(path, `${JSON.stringify({ ...intent('2'), v: 2 })}\n{"v":1,"line":"intent","id":"3"}\n`);

    expect((await journal.read()).map(({ id }) => id)).toEqual(['1']);
  });

  it('says why it cannot be written', async () => {
    const { path, journal } = onDisk();
    writeFileSync(join(path, '..', '..', 'state'), 'a file where the folder should be');

    expect(await journal.write(intent('1'))).toMatchObject({ ok: false });
  });
});
