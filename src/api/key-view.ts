import { z } from 'zod';
import type { ApiKey } from '../domain/api-key.ts';
import { toPlainText } from '../domain/masking/plain-text.ts';
import { SCOPES } from '../domain/principal.ts';
import type { Connection } from '../ports/access.ts';
import { timeIn, timeOrNull } from './times.ts';

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

export const connectionPath = z.strictObject({ connection: z.string().min(1).max(200) });

export const connectionView = z.object({
  id: z.string(),
  client_id: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  admitted_at: z.string(),
  expires_at: z.string().nullable(),
});

export const connectionList = z.object({ connections: z.array(connectionView) });

export const sessionsView = z.object({
  sessions: z.number(),
  has_password: z.boolean(),
  wants_sign_in: z.boolean(),
});

export function viewConnection(client: Connection, zone: string): z.output<typeof connectionView> {
  return {
    id: client.id,
    client_id: toPlainText(client.clientId),
    name: toPlainText(client.clientName),
    scopes: [...client.scopes],
    admitted_at: timeIn(zone, client.admittedAt),
    expires_at: timeOrNull(zone, client.expiresAt),
  };
}

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
