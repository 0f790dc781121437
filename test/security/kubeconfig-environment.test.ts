// KC11, KC12, KC13 and B14: what the environment may and may not do to a connection.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { environmentProxies } from '../../src/kube/transport/proxy-environment.ts';
import { environmentFindings } from '../../src/kube/transport/tls-environment.ts';
import { kubeHome, oneContext } from '../support/kube-home.ts';

const proxyOf = (server: string, env: Record<string, string>): string | null =>
  environmentProxies(env)(new URL(server));

test('a switched-off certificate check refuses to start, injected code is warned about', () => {
  expect(environmentFindings({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toMatchObject([{ severity: 'refuse' }]);
  expect(environmentFindings({ NODE_OPTIONS: '--max-old-space-size=1 --require ./x.js' })).toMatchObject([
    { severity: 'warn' },
  ]);
  expect(environmentFindings({ NODE_OPTIONS: '--import=./x.js' })).toHaveLength(1);
  expect(environmentFindings({ NODE_TLS_REJECT_UNAUTHORIZED: '1', NODE_OPTIONS: '--enable-source-maps' })).toEqual([]);
});

test.each([
  ['https://api.prod:6443', { HTTPS_PROXY: 'http://p:3128' }, 'http://p:3128'],
  ['https://api.prod:6443', { https_proxy: 'p:3128' }, 'http://p:3128'],
  ['https://api.prod:6443', { HTTPS_PROXY: 'http://a', https_proxy: 'http://b' }, 'http://a'],
  ['https://api.prod:6443', { HTTP_PROXY: 'http://p' }, null],
  ['https://localhost:6443', { HTTPS_PROXY: 'http://p' }, null],
  ['https://127.1.2.3', { HTTPS_PROXY: 'http://p' }, null],
  ['https://[::1]:6443', { HTTPS_PROXY: 'http://p' }, null],
  ['https://api.prod', { HTTPS_PROXY: 'http://p', NO_PROXY: '*' }, null],
  ['https://api.prod', { HTTPS_PROXY: 'http://p', NO_PROXY: 'prod' }, null],
  ['https://prod', { HTTPS_PROXY: 'http://p', NO_PROXY: 'prod' }, null],
  ['https://prod', { HTTPS_PROXY: 'http://p', NO_PROXY: '.prod' }, 'http://p'],
  ['https://api.prod', { HTTPS_PROXY: 'http://p', no_proxy: ' x , *.prod ' }, null],
  ['https://reprod', { HTTPS_PROXY: 'http://p', NO_PROXY: 'prod' }, 'http://p'],
  ['https://api.prod:6443', { HTTPS_PROXY: 'http://p', NO_PROXY: 'api.prod:443' }, 'http://p'],
  ['https://api.prod:6443', { HTTPS_PROXY: 'http://p', NO_PROXY: 'api.prod:6443' }, null],
  ['https://10.1.2.3', { HTTPS_PROXY: 'http://p', NO_PROXY: '10.0.0.0/8' }, null],
  ['https://11.1.2.3', { HTTPS_PROXY: 'http://p', NO_PROXY: '10.0.0.0/8,11.1.2.4' }, 'http://p'],
  ['https://[fd00::5]', { HTTPS_PROXY: 'http://p', NO_PROXY: 'fd00::/8' }, null],
])('%s with %o goes through %s', (server, env, proxy) => {
  expect(proxyOf(server, env as Record<string, string>)).toBe(proxy);
});

test('proxy-url of the entry wins over the environment', async () => {
  using home = kubeHome();
  const path = home.write('k', oneContext('a', '{}', '{server: "https://a", proxy-url: "socks5://s:1080"}'));

  const { contexts } = await home.load({ explicitPath: path, env: { HTTPS_PROXY: 'http://p', NO_PROXY: '*' } });

  expect(contexts[0]?.proxy).toBe('socks5://s:1080');
});

test('odd values of proxy variables never throw', () => {
  const odd = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'[]:/.*,%@ 0af\0') }));
  fc.assert(
    fc.property(odd, odd, fc.webUrl({ validSchemes: ['https', 'http'] }), (proxy, noProxy, server) => {
      const found = proxyOf(server, { HTTPS_PROXY: proxy, HTTP_PROXY: proxy, NO_PROXY: noProxy });

      expect(found === null || URL.canParse(found)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test.each(['', ':', '::', ':::', ' ', '~/.kube/config', 'a:b:c', '/\0', 'x'.repeat(5000), '/dev/null:/dev/null'])(
  'KUBECONFIG=%j is read or refused, never thrown at',
  async (value) => {
    using home = kubeHome();

    const loaded = await home.load({ env: { KUBECONFIG: value } });

    expect(loaded.contexts).toEqual([]);
    if (value !== '' && !value.includes('/dev/null')) expect(loaded.failure).not.toBeNull();
  },
);

test('a home that is none means no default file, and everything else works', async () => {
  using home = kubeHome();
  const path = home.write('k', oneContext('a'));
  const { loadKubeconfig } = await import('../../src/kube/kubeconfig/kubeconfig.ts');
  const { nodeFiles } = await import('../../src/platform/files.ts');

  expect(await loadKubeconfig({ env: {}, files: nodeFiles, cwd: '/', home: null })).toMatchObject({ mode: 'none' });
  const named = await loadKubeconfig({ env: { KUBECONFIG: path }, files: nodeFiles, cwd: '/', home: null });
  expect(named.contexts).toHaveLength(1);
});
