import { describe, expect, it } from 'vitest';
import {
  FIRST_HASH,
  firstBroken,
  hashOfEntry,
  type AuditEntry,
  type NewAuditEntry,
} from '../../src/domain/policy/audit-entry.ts';
import { ACTS, decideAct, policyWith, USUAL_POLICY } from '../../src/domain/policy/policy.ts';

describe('the usual policy', () => {
  it.each([
    ['owner', 'create_action', 'allow'],
    ['owner', 'decide_approval', 'allow'],
    ['person', 'decide_approval', 'allow'],
    ['api_key', 'create_action', 'allow'],
    ['api_key', 'decide_approval', 'deny'],
    ['machine', 'decide_approval', 'deny'],
    ['remote_client', 'create_reminder', 'allow'],
    ['remote_client', 'create_action', 'ask'],
    ['remote_client', 'update_action', 'ask'],
    ['remote_client', 'override_run', 'ask'],
    ['remote_client', 'update_task', 'allow'],
    ['remote_client', 'pause_task', 'allow'],
    ['remote_client', 'set_secret', 'deny'],
    ['remote_client', 'stop_all', 'allow'],
    ['remote_client', 'resume_all', 'deny'],
    ['agent_run', 'create_reminder', 'allow'],
    ['agent_run', 'create_action', 'ask'],
    ['agent_run', 'update_action', 'ask'],
    ['agent_run', 'decide_approval', 'deny'],
    ['agent_run', 'settle_inbox_item', 'deny'],
    ['agent_run', 'add_key', 'deny'],
    ['agent_run', 'create_webhook', 'deny'],
    ['remote_client', 'create_webhook', 'ask'],
    ['api_key', 'make_sign_in_link', 'deny'],
    ['remote_client', 'make_backup', 'deny'],
    ['agent_run', 'revoke_connection', 'deny'],
  ] as const)('lets %s do %s: %s', (kind, act, decision) => {
    expect(decideAct(USUAL_POLICY, kind, act, false)).toBe(decision);
  });

  it('is changed where a configuration says so, but never lets a program approve', () => {
    const policy = policyWith({
      agent_run: { create_action: 'allow', decide_approval: 'allow' },
      machine: { set_secret: 'ask' },
    });
    expect(decideAct(policy, 'agent_run', 'create_action', false)).toBe('allow');
    expect(decideAct(policy, 'agent_run', 'decide_approval', false)).toBe('deny');
    // A value that waited would have to be kept somewhere.
    expect(decideAct(policy, 'machine', 'set_secret', false)).toBe('deny');
    expect(decideAct(policy, 'remote_client', 'create_action', false)).toBe('ask');
  });

  it('lets nobody change anything where all is read only, but stop it', () => {
    for (const act of ACTS) {
      const wanted = act === 'stop_all' ? 'allow' : 'deny';
      expect(decideAct(USUAL_POLICY, 'owner', act, true)).toBe(wanted);
    }
  });
});

describe('the audit trail', () => {
  const entry = (verb: string): NewAuditEntry => ({
    at: Temporal.Instant.from('2026-11-21T12:00:00Z'),
    principalKind: 'owner',
    principalId: 'owner',
    client: undefined,
    parentRunId: undefined,
    from: 'pipe',
    verb,
    subject: 'task',
    verdict: 'done',
    detail: '{}',
  });

  async function trail(...verbs: readonly string[]): Promise<readonly AuditEntry[]> {
    const entries: AuditEntry[] = [];
    for (const verb of verbs) {
      const previousHash = entries.at(-1)?.hash ?? FIRST_HASH;
      const hash = await hashOfEntry(entry(verb), previousHash);
      entries.push({ ...entry(verb), id: entries.length + 1, previousHash, hash });
    }
    return entries;
  }

  it('is whole when each entry follows from the one before', async () => {
    expect(await firstBroken(await trail('a', 'b', 'c'), FIRST_HASH)).toBeUndefined();
  });

  it('shows an entry that was changed, and a place from which one was taken', async () => {
    const [one, two, three] = await trail('a', 'b', 'c');
    if (one === undefined || two === undefined || three === undefined) throw new Error('no trail');
    const changed = { ...two, verdict: 'refused' as const };
    expect((await firstBroken([one, changed, three], FIRST_HASH))?.id).toBe(2);
    expect((await firstBroken([one, three], FIRST_HASH))?.id).toBe(3);
    expect((await firstBroken([two, three], FIRST_HASH))?.id).toBe(2);
  });
});
