import type { RunId } from '../id.ts';
import type { Principal } from '../principal.ts';

/** `refused`: by policy, scope or a bound; what was merely mistaken leaves no entry. */
export type Verdict = 'done' | 'refused' | 'asked';

export type NewAuditEntry = {
  readonly at: Temporal.Instant;
  readonly principalKind: Principal['kind'];
  readonly principalId: string;
  readonly client: string | undefined;
  readonly parentRunId: RunId | undefined;
  /** The door, and the address behind it when there is one. */
  readonly from: string | undefined;
  readonly verb: string;
  /** Id or name of what it was about. */
  readonly subject: string | undefined;
  readonly verdict: Verdict;
  /** JSON: before and after, or why not. It holds no secret. */
  readonly detail: string;
};

/** One line of the audit trail. Each holds the hash of the one before, so that none can be taken out. */
export type AuditEntry = NewAuditEntry & {
  readonly id: number;
  readonly previousHash: string;
  readonly hash: string;
};

/** What the first entry holds in place of a hash before it. */
export const FIRST_HASH = '0'.repeat(64);

/** SHA-256 of the entry and the hash before it, in hexadecimal digits. */
export async function hashOfEntry(entry: NewAuditEntry, previousHash: string): Promise<string> {
  const text = JSON.stringify([
    previousHash,
    entry.at.epochMilliseconds,
    entry.principalKind,
    entry.principalId,
    entry.client ?? null,
    entry.parentRunId ?? null,
    entry.from ?? null,
    entry.verb,
    entry.subject ?? null,
    entry.verdict,
    entry.detail,
  ]);
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The first entry that does not follow from the one before; `undefined` when all do. */
export async function firstBroken(
  entries: readonly AuditEntry[],
  previousHash: string,
): Promise<AuditEntry | undefined> {
  let before = previousHash;
  for (const entry of entries) {
    if (entry.previousHash !== before) return entry;
    if (entry.hash !== (await hashOfEntry(entry, before))) return entry;
    before = entry.hash;
  }
  return undefined;
}
