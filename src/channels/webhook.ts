import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { Notice } from '../ports/channels.ts';
import { jsonRequest } from './channel-request.ts';
import type { ChannelRequest, ChannelSecrets } from './channel-request.ts';
import { address, secretFile, secretName } from './setting-shapes.ts';

export const webhookSettings = z.strictObject({
  kind: z.literal('webhook'),
  url: address,
  key_secret: secretName.optional(),
  key_file: secretFile.optional(),
});

/** A request that the receiver can check: https://www.standardwebhooks.com, version 1 (HMAC-SHA256). */
export function webhookRequest(
  { url }: z.output<typeof webhookSettings>,
  secrets: ChannelSecrets,
  { key, title, body, level }: Notice,
  now: Temporal.Instant,
): ChannelRequest {
  const timestamp = String(Math.floor(now.epochMilliseconds / 1_000));
  const request = jsonRequest(url, {
    type: 'carillon.notice',
    timestamp: now.toString({ smallestUnit: 'millisecond' }),
    data: { id: key, title, body, level },
  });
  const signature = createHmac('sha256', keyBytes(secrets['key'] ?? ''))
    .update(`${key}.${timestamp}.${request.body}`)
    .digest('base64');
  return {
    ...request,
    headers: {
      ...request.headers,
      'webhook-id': key,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
      'idempotency-key': key,
    },
  };
}

/** A key as the specification writes it is base64 behind `whsec_`; any other is taken as it is. */
function keyBytes(key: string): Buffer {
  return key.startsWith('whsec_') ? Buffer.from(key.slice(6), 'base64') : Buffer.from(key);
}
