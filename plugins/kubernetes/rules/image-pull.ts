// Images that cannot be pulled, with the registry's own words.
import { type Finding, shortImage } from '../../../src/plugin-api/read.ts';
import { type ContainerState, inContainer } from '../containers.ts';
import { troubleSince } from '../pod-state.ts';
import { line, quoted } from '../words.ts';

const reasons: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'RegistryUnavailable',
  'ImageInspectError',
  'SignatureValidationFailed',
]);

/** What registries and runtimes say, and what it means; the first that fits is taken. */
const registryWords: readonly (readonly [RegExp, string])[] = [
  [/no match for platform|no matching manifest/i, 'not built for this platform'],
  [/toomanyrequests|too many requests|rate limit|\b429\b/i, 'registry limits pulls'],
  [/unauthorized|authentication required|no basic auth credentials|\b401\b/i, 'registry says unauthorized'],
  [/insufficient_scope|access denied|denied|forbidden|\b403\b/i, 'registry denies access'],
  [/manifest unknown|name unknown|not found|does not exist|\b404\b/i, 'not found'],
  [/no such host|server misbehaving/i, 'registry name does not resolve'],
  [/x509|certificate/i, 'registry certificate is not trusted'],
  [/connection refused|no route to host|network is unreachable/i, 'registry does not answer'],
  [/i\/o timeout|deadline exceeded|timeout|timed out/i, 'registry timed out'],
  [/no space left/i, 'no space left on the node'],
];

const byReason: Readonly<Record<string, string>> = {
  InvalidImageName: 'invalid image name',
  ErrImageNeverPull: 'not on the node, and the policy is Never',
  SignatureValidationFailed: 'signature is not valid',
};

/**
 * A container that waits for its image. The cause is the image, not the words: the kubelet takes turns between the
 * registry's answer and a bare back-off, and that must not look like two problems.
 */
export function imagePull(
  pod: unknown,
  container: ContainerState,
  all: readonly ContainerState[],
): Finding | undefined {
  const waiting = container.waiting;
  if (waiting === undefined || !reasons.has(waiting.reason)) return undefined;
  const why =
    byReason[waiting.reason] ??
    registryWords.find(([pattern]) => pattern.test(withoutImage(waiting.message, container.image)))?.[1] ??
    'cannot be pulled';
  return {
    rule: 'image-pull',
    severity: 'fail',
    title: 'Image pull',
    message: `${why}: ${shortImage(container.image)}${inContainer(container, all)}`,
    cause: container.image,
    since: troubleSince(pod),
    evidence: [line(quoted(waiting.reason, waiting.message), 400), `image ${container.image}`],
  };
}

/** An image called `denied` or `x509-tools` must not decide what the registry said. */
const withoutImage = (message: string, image: string): string =>
  image === '' ? message : message.replaceAll(image, '').replace(/Back-off pulling image "[^"]*"/, '');
