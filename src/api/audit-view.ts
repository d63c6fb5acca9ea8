import { z } from 'zod';
import type { AuditEntry } from '../domain/policy/audit-entry.ts';
import { timeIn } from './times.ts';

export const VERDICTS = ['done', 'refused', 'asked'] as const;

export const auditEntryView = z.object({
  id: z.number(),
  at: z.string(),
  kind: z.string(),
  principal: z.string(),
  client: z.string().nullable(),
  parent_run: z.string().nullable(),
  from: z.string().nullable(),
  verb: z.string(),
  subject: z.string().nullable(),
  verdict: z.enum(VERDICTS),
  detail: z.unknown(),
  hash: z.string(),
});
export type AuditEntryView = z.output<typeof auditEntryView>;

export const auditPage = z.object({
  entries: z.array(auditEntryView),
  next_cursor: z.string().nullable(),
});
export const auditCheckView = z.object({
  is_whole: z.boolean(),
  checked: z.number(),
  broken_at: z.number().nullable(),
});

export function viewAuditEntry(entry: AuditEntry, zone: string): AuditEntryView {
  return {
    id: entry.id,
    at: timeIn(zone, entry.at),
    kind: entry.principalKind,
    principal: entry.principalId,
    client: entry.client ?? null,
    parent_run: entry.parentRunId ?? null,
    from: entry.from ?? null,
    verb: entry.verb,
    subject: entry.subject ?? null,
    verdict: entry.verdict,
    detail: JSON.parse(entry.detail) as unknown,
    hash: entry.hash,
  };
}
