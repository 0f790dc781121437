// What a word means to one server: plural, singular, short name, kind, or `resource.group`, as kubectl reads it.
import { resourceName } from '../../core/ids.ts';
import type { ApiResource, Discovery } from '../../kube/discovery/contract.ts';

/** The resource that a word names; what is exact wins over what is short, the core group over others. */
export function findResource(discovery: Discovery, word: string): ApiResource | undefined {
  const wanted = word.toLowerCase();
  const [name = '', ...rest] = wanted.split('.');
  const group = rest.join('.');
  const candidates = discovery.resources.filter((r) => r.preferred || isVersioned(r, rest));
  const ranked = [
    candidates.filter((r) => resourceName(r) === wanted),
    candidates.filter((r) => isVersioned(r, rest) && r.resource === name),
    candidates.filter((r) => group === '' && r.resource === name),
    candidates.filter((r) => group === '' && (r.singular === name || r.shortNames.includes(name))),
    candidates.filter((r) => group === '' && r.kind.toLowerCase() === name),
    // `certificates.cert-manager` is enough where it is not ambiguous.
    candidates.filter((r) => group !== '' && namesOf(r).includes(name) && r.group.startsWith(group)),
  ];
  for (const found of ranked) {
    const best = found.find((r) => r.group === '') ?? found[0];
    if (best !== undefined) return best;
  }
  return undefined;
}

const namesOf = (r: ApiResource): readonly string[] => [r.resource, r.singular, r.kind.toLowerCase(), ...r.shortNames];

/** `deployments.v1.apps`. */
const isVersioned = (r: ApiResource, rest: readonly string[]): boolean =>
  rest.length > 1 && rest[0] === r.version && rest.slice(1).join('.') === r.group;
