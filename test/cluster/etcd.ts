// The few calls to etcd that a test needs, over its own JSON gateway.

export type EtcdClient = {
  /** The current revision: what the API servers on it call resourceVersion. */
  revision(): Promise<number>;
  /** Forgets all history before now. */
  compact(): Promise<void>;
};

export function etcdClient(url: string): EtcdClient {
  const call = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${url}${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(5_000),
    });
    if (!answer.ok) throw new Error(`etcd ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Record<string, unknown>;
  };
  const revision = async (): Promise<number> => {
    // One key that is not there: the header of the answer is what is wanted.
    const answer = await call('/v3/kv/range', { key: Buffer.from('none').toString('base64') });
    return Number((answer['header'] as { revision: string }).revision);
  };
  return {
    revision,
    async compact() {
      await call('/v3/kv/compaction', { revision: String(await revision()), physical: true });
    },
  };
}
