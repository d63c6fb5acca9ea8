import { z } from 'zod';
import type { Notice } from '../ports/channels.ts';
import { asOneText, jsonRequest, under } from './channel-request.ts';
import type { ChannelRequest, ChannelSecrets } from './channel-request.ts';
import { address, secretFile, secretName, short } from './setting-shapes.ts';

export const telegramSettings = z.strictObject({
  kind: z.literal('telegram'),
  url: address.default('https://api.telegram.org'),
  chat: short,
  token_secret: secretName.optional(),
  token_file: secretFile.optional(),
});

const TEXT_CHARS_MAX = 4_096;

/** https://core.telegram.org/bots/api#sendmessage, without a parse mode: the text is only text. */
export function telegramRequest(
  { url, chat }: z.output<typeof telegramSettings>,
  secrets: ChannelSecrets,
  notice: Notice,
): ChannelRequest {
  return jsonRequest(under(url, `bot${encodeURIComponent(secrets['token'] ?? '')}/sendMessage`), {
    chat_id: chat,
    text: asOneText(notice, TEXT_CHARS_MAX),
    disable_notification: notice.sound === 'none',
    link_preview_options: { is_disabled: true },
  });
}
