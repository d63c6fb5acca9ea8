import type { Json } from '../domain/json.ts';
import {
  FIRST_HASH,
  firstBroken,
  type AuditEntry,
  type Verdict,
} from '../domain/policy/audit-entry.ts';
import { requireScope, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Page } from '../ports/store.ts';
import { pageLimit } from './page-limit.ts';
import type { ServicePorts } from './services.ts';

/** A longer account is replaced by its size: one entry must not fill the disk. */
const DETAIL_CHARS_MAX = 32_768;

/** Entries read at a time when the whole trail is looked at. */
const VERIFIED_AT_ONCE = 200;

export type ListAuditQuery = {
  readonly principal?: string;
  readonly verb?: string;
  readonly verdict?: Verdict;
  readonly limit?: number;
  readonly cursor?: string;
};

/** Whether every entry follows from the one before it. */
export type AuditCheck = { readonly checked: number; readonly brokenAt: number | undefined };

/** Adds to the trail what somebody did, asked for, or was refused. */
export async function recordAct(
  { store, clock }: ServicePorts,
  principal: Principal,
  act: {
    readonly verb: string;
    readonly subject: string | undefined;
    readonly verdict: Verdict;
    readonly detail: Json;
  },
): Promise<void> {
  const text = JSON.stringify(act.detail);
  await store.audit.append({
    at: clock.now(),
    principalKind: principal.kind,
    principalId: principal.id,
    client: principal.client,
    parentRunId: principal.parentRunId,
    from: principal.from,
    verb: act.verb,
    subject: act.subject,
    verdict: act.verdict,
    detail:
      text.length <= DETAIL_CHARS_MAX
        ? text
        : JSON.stringify({ left_out: `${String(text.length)} characters` }),
  });
}

/** Reads, and adds to the trail that somebody may not. */
export async function recordRefusal<Result>(
  ports: ServicePorts,
  principal: Principal,
  verb: string,
  subject: string | undefined,
  read: () => Promise<Result>,
): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Refusal && error.code === 'forbidden') {
      const detail = { message: error.message };
      await recordAct(ports, principal, { verb, subject, verdict: 'refused', detail });
    }
    throw error;
  }
}

/** Who did what, newest first. */
export async function listAudit(
  { store }: ServicePorts,
  principal: Principal,
  { principal: by, verb, verdict, limit, cursor }: ListAuditQuery,
): Promise<Page<AuditEntry>> {
  requireScope(principal, 'admin');
  return store.audit.list({ principal: by, verb, verdict }, pageLimit(limit), cursor);
}

/** Reads the whole trail and computes its hashes again. */
export async function checkAudit(
  { store }: ServicePorts,
  principal: Principal,
): Promise<AuditCheck> {
  requireScope(principal, 'admin');
  let checked = 0;
  let last: AuditEntry | undefined;
  for (;;) {
    const entries = await store.audit.listAfter(last?.id ?? 0, VERIFIED_AT_ONCE);
    const broken = await firstBroken(entries, last?.hash ?? FIRST_HASH);
    if (broken !== undefined) return { checked, brokenAt: broken.id };
    checked += entries.length;
    last = entries.at(-1);
    if (last === undefined) return { checked, brokenAt: undefined };
  }
}
