import type { AuditEntry, NewAuditEntry, Verdict } from '../domain/policy/audit-entry.ts';
import type { Page } from './store.ts';

export type AuditFilter = {
  readonly principal: string | undefined;
  readonly verb: string | undefined;
  readonly verdict: Verdict | undefined;
};

/** Who did what, and who was refused. Entries are added and never changed. */
export type AuditTrail = {
  append(entry: NewAuditEntry): Promise<void>;
  /** Newest first. */
  list(filter: AuditFilter, limit: number, cursor: string | undefined): Promise<Page<AuditEntry>>;
  /** Oldest first. */
  listAfter(id: number, limit: number): Promise<readonly AuditEntry[]>;
  /** How often the principal has done this since. */
  countDone(principal: string, verb: string, since: Temporal.Instant): Promise<number>;
};
