import { z } from 'zod';
import type { Receipt } from '../domain/schedule/receipt.ts';
import { tellTime, timeIn } from './times.ts';

/** What a schedule means: every answer about one says its zone and its next times. */
export const receiptView = z.object({
  meaning: z.string(),
  canonical: z.string(),
  timezone: z.string(),
  next: z.array(z.object({ at: z.string(), note: z.string().nullable() })),
  warnings: z.array(z.string()),
});
export type ReceiptView = z.output<typeof receiptView>;

export function viewReceipt(receipt: Receipt): ReceiptView {
  return {
    meaning: receipt.words,
    canonical: receipt.canonical,
    timezone: receipt.zone,
    next: receipt.next.map(({ at, note }) => ({
      at: timeIn(receipt.zone, at),
      note: note ?? null,
    })),
    warnings: [...receipt.warnings],
  };
}

export function tellReceipt(receipt: Omit<ReceiptView, 'warnings'>, now: Temporal.Instant): string {
  return [
    `Meaning: ${receipt.meaning} (${receipt.timezone}; ${receipt.canonical}).`,
    receipt.next.length === 0 ? 'No next times.' : 'Next times:',
    ...receipt.next.map(
      ({ at, note }) => `- ${tellTime(at, now)}${note === null ? '' : `: ${note}`}`,
    ),
  ].join('\n');
}

export function tellWarnings(warnings: readonly string[]): string {
  return warnings.map((warning) => `Warning: ${warning}`).join('\n');
}
