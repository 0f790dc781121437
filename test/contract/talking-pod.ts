// Finds a pod whose log grows by itself, on a server that makes logs up.
import type { Json } from './wire.ts';
import { type Identity, openWire } from './wire.ts';

type TalkingPod = { readonly namespace: string; readonly name: string; readonly container: string };

/** The running pod that said most in the last 30 seconds; throws when none said a line in two. */
export async function findTalkingPod(admin: Identity): Promise<TalkingPod> {
  const wire = await openWire(admin);
  try {
    const list = await wire.json('/api/v1/pods?limit=200');
    let best: { pod: TalkingPod; lines: number } | null = null;
    for (const item of list.items) {
      if (item.status?.phase !== 'Running') continue;
      const ready = (item.status.containerStatuses ?? []).find((each: Json) => each.state.running !== undefined);
      if (ready === undefined) continue;
      const pod = { namespace: item.metadata.namespace, name: item.metadata.name, container: ready.name };
      const path = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/log?container=${pod.container}&sinceSeconds=30`;
      const answer = await wire.send(path);
      const lines = answer.status === 200 ? answer.text.split('\n').length - 1 : 0;
      if (lines > (best?.lines ?? 0)) best = { pod, lines };
    }
    if (best === null || best.lines < 15)
      throw new Error(`no pod says a line in two seconds; the most is ${best?.lines ?? 0} in 30 s`);
    return best.pod;
  } finally {
    wire.close();
  }
}
