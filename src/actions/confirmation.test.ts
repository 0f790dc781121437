// What has to be given for a plan, by tier and cluster: the table of product.md.
import { describe, expect, it } from 'vitest';
import type { CheckView, PlanView, Tier } from '../core/action.ts';
import { clusterId } from '../core/ids.ts';
import { checkTrouble, confirmationFor, confirmationTrouble } from './confirmation.ts';

const accepted: CheckView = { state: 'accepted', diff: [], warnings: [] };
const target = {
  cluster: clusterId('a'),
  type: { group: 'apps', version: 'v1', resource: 'deployments' },
  kind: 'Deployment',
  namespace: 'shop',
  name: 'web',
  uid: 'u',
};
const planOf = (tier: Tier): PlanView => ({ title: '', tier, facts: [], warnings: [], kubectl: '', undo: null });
const needed = (tier: Tier, isProtected: boolean, check: CheckView = accepted) =>
  confirmationFor({ plan: planOf(tier), check, target, cluster: { name: 'run-eu', isProtected } });

describe('a confirmation', () => {
  it.each([
    [1, false, { type: 'key' }],
    [2, false, { type: 'key' }],
    [3, false, { type: 'typed', text: 'web', reason: false }],
    [1, true, { type: 'typed', text: 'web', reason: false }],
    [2, true, { type: 'typed', text: 'web', reason: false }],
    [3, true, { type: 'typed', text: 'run-eu/web', reason: true }],
  ] as const)('of tier %i, protected %s, is %j', (tier, isProtected, wanted) => {
    expect(needed(tier, isProtected)).toEqual(wanted);
  });

  it('asks for one tier more where the plan could not be tried out', () => {
    const impossible: CheckView = { state: 'impossible', reason: 'a webhook' };
    expect(needed(2, false, impossible)).toEqual({ type: 'typed', text: 'web', reason: false });
    expect(needed(1, false, impossible)).toEqual({ type: 'key' });
    expect(needed(3, true, impossible)).toEqual({ type: 'typed', text: 'run-eu/web', reason: true });
  });

  it('counts when it is exactly what is asked for', () => {
    const typed = needed(3, true);
    const given = (text: string, reason: string) => confirmationTrouble(typed, { type: 'typed', text, reason });
    expect(given('run-eu/web', 'an incident')).toBeNull();
    expect(given('run-eu/web', '  ')).toBe('a reason is needed');
    expect(given('run-eu/we', 'an incident')).toBe('that is not run-eu/web');
    expect(confirmationTrouble(typed, { type: 'key' })).toBe('type run-eu/web to confirm');
    expect(confirmationTrouble({ type: 'key' }, { type: 'key' })).toBeNull();
  });

  it('waits for the dry run from tier 2 on, and never counts over a refusal', () => {
    expect(checkTrouble({ plan: planOf(1), check: { state: 'pending' } })).toBeNull();
    expect(checkTrouble({ plan: planOf(2), check: { state: 'pending' } })).toBe('the dry run has not come back yet');
    expect(checkTrouble({ plan: planOf(1), check: { state: 'refused', reason: 'quota' } })).toBe('quota');
    const stopped = { ...planOf(1), warnings: [{ severity: 'stop', text: 'frozen until 8' } as const] };
    expect(checkTrouble({ plan: stopped, check: accepted })).toBe('frozen until 8');
  });
});
