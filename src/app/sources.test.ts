// What is read before anything is done, and what is said of it.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type KubeHome, kubeHome } from '../../test/support/kube-home.ts';
import { parseArguments } from '../cli/arguments.ts';
import { readSources } from './sources.ts';

let home: KubeHome;
beforeEach(() => {
  home = kubeHome();
});
afterEach(() => home[Symbol.dispose]());

async function sourcesWith(user: object) {
  home.write(
    '.kube/config',
    JSON.stringify({
      clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'eu', context: { cluster: 'c', user: 'u' } }],
    }),
  );
  const parsed = parseArguments([], '1.2.3');
  if (!parsed.ok) throw new Error(parsed.text);
  const read = await readSources(parsed.invocation.flags, { HOME: home.home });
  if (!read.ok) throw new Error(read.lines.join('\n'));
  return read.sources;
}

const exec = { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'aws', interactiveMode: 'Never' } };

test('a kuberc file that cannot be read is told where a plugin waits for it, and is a finding in any case', async () => {
  const kuberc = home.write('.kube/kuberc', 'credentialPluginPolicy: [');
  const [withPlugin, without] = [await sourcesWith(exec), await sourcesWith({ token: 't' })];

  expect(withPlugin.notes).toEqual([`${kuberc}: is no valid YAML; mend it: until then no credential plugin runs`]);
  expect(without.notes).toEqual([]);
  expect(without.pluginPolicy.problems).toMatchObject([{ file: kuberc, severity: 'fail' }]);
});

test('a kuberc file that is as it should be is no trouble', async () => {
  home.write('.kube/kuberc', 'credentialPluginPolicy: DenyAll\n');
  const { notes, pluginPolicy } = await sourcesWith(exec);

  expect(notes).toEqual([]);
  expect(pluginPolicy.problems).toEqual([]);
});
