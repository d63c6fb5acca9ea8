import { z } from 'zod';
import type { ApiKey } from '../domain/api-key.ts';
import { SCOPES } from '../domain/principal.ts';
import { timeIn } from './times.ts';

export const keyInput = z.strictObject({
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)).min(1),
  lifetime: z.string().optional().describe('such as 90d; it never ends when absent'),
});

export const keyPath = z.strictObject({ key: z.string().min(1) });

export const keyView = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  created_at: z.string(),
  created_by: z.string(),
  expires_at: z.string().nullable(),
  revoked_at: z.string().nullable(),
  last_used_at: z.string().nullable(),
});

export const keyList = z.object({ keys: z.array(keyView) });

export const issuedKeyView = keyView.extend({ text: z.string() });

export const signInLinkView = z.object({ url: z.string() });

export function viewKey(key: ApiKey, zone: string): z.output<typeof keyView> {
  const time = (instant: Temporal.Instant | undefined): string | null =>
    instant === undefined ? null : timeIn(zone, instant);
  return {
    id: key.id,
    name: key.name,
    scopes: [...key.scopes],
    created_at: timeIn(zone, key.createdAt),
    created_by: key.createdBy,
    expires_at: time(key.expiresAt),
    revoked_at: time(key.revokedAt),
    last_used_at: time(key.lastUsedAt),
  };
}
