import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import type { auditCheckView, AuditEntryView } from '../../../src/api/audit-view.ts';
import { get, type Query } from './request.ts';

type AuditPage = {
  readonly entries: readonly AuditEntryView[];
  readonly next_cursor: string | null;
};

/** Who did what, newest first. */
export function useAudit(query: Query) {
  return useQuery({
    queryKey: ['audit', query],
    queryFn: ({ signal }) => get<AuditPage>('/audit', query, signal),
    placeholderData: keepPreviousData,
  });
}

/** Reads the whole trail and computes its hashes again. */
export function checkAudit(): Promise<z.output<typeof auditCheckView>> {
  return get('/audit/check');
}
