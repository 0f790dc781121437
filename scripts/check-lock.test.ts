// A lockfile that npm ci would refuse is found and completed.
import { expect, test } from 'vitest';
import { completed, missingEntries, platformOf } from './check-lock.ts';

const lock = {
  packages: {
    '': {},
    'node_modules/tool': {
      version: '2.0.0',
      optionalDependencies: { 'tool-linux-x64': '2.0.0', 'tool-darwin-arm64': '2.0.0' },
    },
    'node_modules/tool-linux-x64': { version: '2.0.0', optional: true },
    'node_modules/user': { version: '1.0.0' },
    'node_modules/user/node_modules/tool': {
      version: '1.0.0',
      optionalDependencies: { 'tool-linux-x64': '1.0.0', 'tool-win32-x64': '1.0.0' },
    },
    'node_modules/types': { version: '1.0.0', optionalDependencies: { any: '^4.0.0' } },
  },
};

test('a package of another platform is missing where npm would put it', () => {
  expect(missingEntries(lock).map((each) => `${each.path} ${each.version}`)).toEqual([
    'node_modules/tool-darwin-arm64 2.0.0',
    // The place at the top is taken by another version.
    'node_modules/user/node_modules/tool-linux-x64 1.0.0',
    'node_modules/tool-win32-x64 1.0.0',
  ]);
});

test('a completed lockfile lacks nothing and names the platform of what was added', () => {
  const whole = completed(lock);

  expect(missingEntries(whole)).toEqual([]);
  expect(whole.packages['node_modules/tool-darwin-arm64']).toEqual({
    version: '2.0.0',
    dev: true,
    optional: true,
    cpu: ['arm64'],
    os: ['darwin'],
  });
  expect(whole.packages['node_modules/tool-linux-x64']).toEqual(lock.packages['node_modules/tool-linux-x64']);
});

test('platforms are read from names', () => {
  expect(platformOf('@x/binding-linux-arm-musleabihf')).toEqual({ os: ['linux'], cpu: ['arm'], libc: ['musl'] });
  expect(platformOf('@x/binding-linux-x64-gnu')).toEqual({ os: ['linux'], cpu: ['x64'], libc: ['glibc'] });
  expect(platformOf('@x/binding-win32-x64-msvc')).toEqual({ os: ['win32'], cpu: ['x64'] });
});
