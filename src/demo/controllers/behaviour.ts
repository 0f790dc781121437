// What a container of an image does when it is started: how long it takes, whether it becomes ready, when it crashes.
// Images named like those of the test control plane behave alike on both: /missing, /crash, /crash-42, /oom, /slow.
import { hashOf } from '../random.ts';
import { type Container, isReady, type Pod } from './types.ts';
import type { World } from './world.ts';

export type Exit = { readonly code: number; readonly reason: string; readonly message?: string };

export type Behaviour = {
  /** The image cannot be pulled. */
  readonly missing: boolean;
  /** From scheduled to started. */
  readonly startMs: number;
  /** From started to ready; null: never. */
  readonly readyMs: number | null;
  /** How it ends by itself, counted from its start; null: it does not. */
  readonly exit: (Exit & { readonly afterMs: number }) | null;
};

const mebibytes = (quantity: string | undefined): number => {
  const found = /^(\d+(?:\.\d+)?)(Mi|Gi|Ki|M|G)?$/.exec(quantity ?? '');
  if (found === null) return Number.POSITIVE_INFINITY;
  return Number(found[1]) * ({ Ki: 1 / 1024, Mi: 1, Gi: 1024, M: 1, G: 1000 }[found[2] ?? 'Mi'] ?? 1);
};

/** The release whose price cache does not fit into its limit, where there is enough data to fill it. */
export function isBadCart(world: World, c: Container): boolean {
  return world.role === 'run' && /\/cart:2\.4\.0(@|$)/.test(c.image) && mebibytes(c.resources?.limits?.memory) <= 512;
}

/** Milliseconds from the start of a run to its out-of-memory end: 21 to 25 s, the same for the same run. */
export const cartRunMs = (uid: string, restart: number): number => 21_000 + (hashOf(`${uid} ${restart}`) % 4000);

export function behaviourOf(world: World, pod: Pod, c: Container, restart: number): Behaviour {
  const h = hashOf(`${pod.metadata.uid} ${c.name}`);
  const usual: Behaviour = { missing: false, startMs: 900 + (h % 900), readyMs: 1500 + ((h >>> 8) % 2500), exit: null };
  const { image } = c;
  const fate = /\/(missing|crash|oom|slow)(?:-(\d+))?(?:[:@]|$)/.exec(image);
  if (fate !== null) {
    const [, what, code = '1'] = fate;
    if (what === 'missing') return { ...usual, missing: true };
    if (what === 'slow') return { ...usual, readyMs: null };
    const exit = what === 'oom' ? { code: 137, reason: 'OOMKilled' } : { code: Number(code), reason: 'Error' };
    return { ...usual, readyMs: null, exit: { afterMs: 3000, ...exit } };
  }
  if (isBadCart(world, c))
    return {
      ...usual,
      readyMs: null,
      exit: { afterMs: cartRunMs(pod.metadata.uid, restart), code: 137, reason: 'OOMKilled' },
    };
  if (pod.spec.restartPolicy !== undefined && pod.spec.restartPolicy !== 'Always') {
    const fails = pod.metadata.labels?.['demo.flagbridge.dev/outcome'] === 'fails';
    const afterMs = 6000 + (h % 9000);
    return fails
      ? {
          ...usual,
          exit: { afterMs, code: 20, reason: 'Error', message: 'no buildpack takes go 1.27 (go-dist: <= 1.26)' },
        }
      : { ...usual, exit: { afterMs, code: 0, reason: 'Completed' } };
  }
  return usual;
}

/**
 * Whether a running container answers its readiness probe now. Checkout calls cart: when no cart pod of the namespace is
 * ready, only the checkout pod that still has a warm session stays ready.
 */
export function answersProbe(world: World, pod: Pod): boolean {
  const { namespace, labels } = pod.metadata;
  if (labels?.app !== 'checkout') return true;
  const pods = world.list<Pod>('pods', namespace);
  const carts = pods.filter((p) => p.metadata.labels?.app === 'cart');
  if (carts.length === 0 || carts.some(isReady)) return true;
  const siblings = pods
    .filter((p) => p.metadata.labels?.app === 'checkout' && p.metadata.deletionTimestamp === undefined)
    .map((p) => p.metadata.name)
    .sort();
  return siblings[0] === pod.metadata.name;
}
