import { z } from 'zod';
import { boundText } from '../domain/inbox/inbox-item.ts';
import type { Notice } from '../ports/channels.ts';
import { jsonRequest, oneLine } from './channel-request.ts';
import type { ChannelRequest, ChannelSecrets } from './channel-request.ts';
import { secretFile, secretName } from './setting-shapes.ts';

export const slackSettings = z.strictObject({
  kind: z.literal('slack'),
  url_secret: secretName.optional(),
  url_file: secretFile.optional(),
});

const HEADER_CHARS_MAX = 150;
const SECTION_CHARS_MAX = 3_000;

/** An incoming webhook. The blocks are plain text, so neither mentions nor links in the texts come alive. */
export function slackRequest(
  _settings: z.output<typeof slackSettings>,
  secrets: ChannelSecrets,
  { title, body }: Notice,
): ChannelRequest {
  const header = oneLine(title, HEADER_CHARS_MAX);
  const blocks = [
    { type: 'header', text: { type: 'plain_text', text: header, emoji: false } },
    ...(body === ''
      ? []
      : [
          {
            type: 'section',
            text: { type: 'plain_text', text: boundText(body, SECTION_CHARS_MAX), emoji: false },
          },
        ]),
  ];
  // Shown in notifications, where blocks are not; https://docs.slack.dev/messaging/formatting-message-text
  const text = header.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return jsonRequest(secrets['url'] ?? '', { text, blocks });
}
