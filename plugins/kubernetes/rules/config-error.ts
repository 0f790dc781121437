// Containers that cannot be made because something they name is missing or wrong.
import type { Finding } from '../../../src/plugin-api/read.ts';
import { type ContainerState, inContainer } from '../containers.ts';
import { troubleSince } from '../pod-state.ts';
import { causeOf, line, quoted } from '../words.ts';

const reasons: ReadonlySet<string> = new Set([
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'PreCreateHookError',
  'PreStartHookError',
  'PostStartHookError',
]);

/** A container that waits with an error in what it was told: a ConfigMap, Secret or key that is not there, a command. */
export function configError(
  pod: unknown,
  container: ContainerState,
  all: readonly ContainerState[],
): Finding | undefined {
  const waiting = container.waiting;
  if (waiting === undefined || !reasons.has(waiting.reason)) return undefined;
  const missing = missingReference(waiting.message);
  const why = missing ?? (line(waiting.message, 80) || waiting.reason);
  return {
    rule: 'config-error',
    severity: 'fail',
    title: waiting.reason === 'CreateContainerConfigError' ? 'Config error' : 'Start error',
    message: `${why}${inContainer(container, all)}`,
    cause: missing ?? `${waiting.reason} ${causeOf(waiting.message)}`,
    since: troubleSince(pod),
    evidence: [line(quoted(waiting.reason, waiting.message), 400)],
  };
}

const absent = /\b(configmaps?|secrets?) "([^"]+)" not found/i;
const noKey = /couldn't find key (\S+) in (ConfigMap|Secret) (?:[^\s/]+\/)?(\S+)/i;
const noKeys = /(configmap|secret) references non-existent (?:config|secret) key: (\S+)/i;
const notRegistered = /object "[^"/]+"\/"([^"]+)" not registered/;

/** The missing ConfigMap, Secret or key in the kubelet's words, named: `Secret db-auth not found`. */
export function missingReference(message: string): string | undefined {
  const key = noKey.exec(message);
  if (key !== null) return `${kindWord(key[2] ?? '')} ${key[3] ?? ''} has no key ${key[1] ?? ''}`;
  const keys = noKeys.exec(message);
  if (keys !== null) return `${kindWord(keys[1] ?? '')} has no key ${keys[2] ?? ''}`;
  const object = absent.exec(message);
  if (object !== null) return `${kindWord(object[1] ?? '')} ${object[2] ?? ''} not found`;
  const unknown = notRegistered.exec(message);
  return unknown === null ? undefined : `${unknown[1] ?? ''} not known to the node yet`;
}

const kindWord = (word: string): string => (word.toLowerCase().startsWith('secret') ? 'Secret' : 'ConfigMap');
