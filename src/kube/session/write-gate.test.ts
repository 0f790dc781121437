// Nothing that could change anything leaves without a permit for exactly it.
import { describe, expect, it } from 'vitest';
import { createWriteGate, type PermittedRequest, type WriteGate } from './write-gate.ts';

const patch: PermittedRequest = { method: 'PATCH', path: '/apis/apps/v1/namespaces/a/deployments/b', body: '{"x":1}' };

const words = (gate: WriteGate, change: object): string | null =>
  gate.refusal('here', { ...patch, ...change })?.message ?? null;

describe('the gate', () => {
  it('lets reads and reviews out, whatever is locked', () => {
    const gate = createWriteGate(() => 'locked');
    expect(gate.refusal('here', { path: '/api/v1/pods' })).toBeNull();
    const review = {
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      body: '{}',
    } as const;
    expect(gate.refusal('here', review)).toBeNull();
  });

  it('stops a write that did not come through the write path', () => {
    const gate = createWriteGate(() => null);
    expect(words(gate, {})).toBe(`PATCH ${patch.path} was not sent: it did not come through the write path`);
    // Something that looks like a permit is none.
    expect(words(gate, { permit: { id: Symbol('mine') } })).not.toBeNull();
  });

  it('lets a permitted request out once', () => {
    const gate = createWriteGate(() => null);
    const permit = gate.permit('here', patch);
    expect(words(gate, { permit })).toBeNull();
    expect(words(gate, { permit })).not.toBeNull();
  });

  it.each([
    ['another body', { body: '{"x":2}' }],
    ['another path', { path: `${patch.path}x` }],
    ['another method', { method: 'DELETE' }],
    ['a query that was not permitted', { path: `${patch.path}?dryRun=All` }],
  ])('stops %s', (_, change) => {
    const gate = createWriteGate(() => null);
    expect(words(gate, { permit: gate.permit('here', patch), ...change })).not.toBeNull();
  });

  it('stops a permit of another cluster, and one of before a lock', () => {
    let reason: string | null = null;
    const gate = createWriteGate(() => reason);
    expect(gate.refusal('there', { ...patch, permit: gate.permit('here', patch) })).not.toBeNull();
    const permit = gate.permit('here', patch);
    reason = 'locked by a person';
    expect(words(gate, { permit })).toBe(`PATCH ${patch.path} was not sent: locked by a person`);
    expect(() => gate.permit('here', patch)).toThrow('locked by a person');
  });
});
