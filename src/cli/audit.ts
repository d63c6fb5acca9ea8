import type { AuditEntryView } from '../api/audit-view.ts';
import { openApi } from './api-client.ts';
import { answer, talk, type Context } from './context.ts';
import { query } from './read-flags.ts';
import { table } from './table.ts';

export type AuditFlags = {
  readonly principal?: string;
  readonly verb?: string;
  readonly refused?: boolean;
  readonly check?: boolean;
  readonly limit?: string;
  readonly cursor?: string;
};

/** `carillon audit`: who did what, and who was refused. */
export async function showAudit(context: Context, flags: AuditFlags): Promise<void> {
  const api = await openApi(context);
  if (flags.check === true) {
    const check = (await api.ask({ method: 'GET', path: '/audit/check' })) as {
      readonly is_whole: boolean;
      readonly checked: number;
      readonly broken_at: number | null;
    };
    answer(context, check, () =>
      check.is_whole
        ? `The trail is whole: ${String(check.checked)} entries.`
        : `The trail was tampered with: entry ${String(check.broken_at)} does not follow from the one before.`,
    );
    return;
  }
  const { principal, verb, limit, cursor } = flags;
  const verdict = flags.refused === true ? 'refused' : undefined;
  const path = `/audit${query({ principal, verb, verdict, limit, cursor })}`;
  const page = (await api.ask({ method: 'GET', path })) as {
    readonly entries: readonly AuditEntryView[];
    readonly next_cursor: string | null;
  };
  answer(context, page, () =>
    page.entries.length === 0
      ? 'Nothing has been done yet.'
      : table(
          ['ENTRY', 'AT', 'WHO', 'FROM', 'DID', 'TO', 'VERDICT', 'WHY'],
          page.entries.map((entry) => [
            String(entry.id),
            entry.at,
            [entry.principal, entry.client].filter(Boolean).join(' · '),
            entry.from ?? '',
            entry.verb,
            entry.subject ?? '',
            entry.verdict,
            whyOf(entry.detail),
          ]),
        ),
  );
  if (page.next_cursor !== null && !context.isJson) {
    talk(context, `There are more: add --cursor ${page.next_cursor}`);
  }
}

function whyOf(detail: unknown): string {
  const isTold = typeof detail === 'object' && detail !== null && 'message' in detail;
  return isTold ? String(detail.message) : '';
}
