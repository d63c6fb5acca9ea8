import { z } from 'zod';
import { boundText } from '../domain/inbox/inbox-item.ts';
import type { Notice } from '../ports/channels.ts';
import { byLevel, jsonRequest, oneLine } from './channel-request.ts';
import type { ChannelRequest, ChannelSecrets } from './channel-request.ts';
import { address, secretFile, secretName, short } from './setting-shapes.ts';

export const ntfySettings = z.strictObject({
  kind: z.literal('ntfy'),
  url: address.default('https://ntfy.sh'),
  topic: short,
  token_secret: secretName.optional(),
  token_file: secretFile.optional(),
});

/** ntfy turns what is longer into an attachment. */
const MESSAGE_CHARS_MAX = 1_300;
const TITLE_CHARS_MAX = 200;

/** Publishing as JSON, https://docs.ntfy.sh/publish/#publish-as-json: nothing from outside gets into a header. */
export function ntfyRequest(
  { url, topic }: z.output<typeof ntfySettings>,
  secrets: ChannelSecrets,
  notice: Notice,
): ChannelRequest {
  const content = {
    topic,
    title: oneLine(notice.title, TITLE_CHARS_MAX),
    message: boundText(notice.body === '' ? notice.title : notice.body, MESSAGE_CHARS_MAX),
    priority: byLevel(notice.level, { info: 3, warning: 4, urgent: 5 }),
  };
  const { token } = secrets;
  return jsonRequest(url, content, token === undefined ? {} : { authorization: `Bearer ${token}` });
}
