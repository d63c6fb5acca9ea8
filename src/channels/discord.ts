import { z } from 'zod';
import { boundText } from '../domain/inbox/inbox-item.ts';
import type { Notice } from '../ports/channels.ts';
import { byLevel, jsonRequest, oneLine } from './channel-request.ts';
import type { ChannelRequest, ChannelSecrets } from './channel-request.ts';
import { secretFile, secretName } from './setting-shapes.ts';

export const discordSettings = z.strictObject({
  kind: z.literal('discord'),
  url_secret: secretName.optional(),
  url_file: secretFile.optional(),
});

const TITLE_CHARS_MAX = 256;
const DESCRIPTION_CHARS_MAX = 4_096;

/** An incoming webhook. Markdown in the texts is turned off, and nobody is mentioned whatever they say. */
export function discordRequest(
  _settings: z.output<typeof discordSettings>,
  secrets: ChannelSecrets,
  { title, body, level }: Notice,
): ChannelRequest {
  const embed = {
    title: boundText(withoutMarkdown(oneLine(title, TITLE_CHARS_MAX)), TITLE_CHARS_MAX),
    description: boundText(withoutMarkdown(body), DESCRIPTION_CHARS_MAX),
    color: byLevel(level, { info: 0x3b82f6, warning: 0xf59e0b, urgent: 0xef4444 }),
  };
  const content = { embeds: [embed], allowed_mentions: { parse: [] } };
  return jsonRequest(secrets['url'] ?? '', content);
}

function withoutMarkdown(text: string): string {
  return text.replaceAll(/[\\*_~`|>[\]()#-]/g, String.raw`\$&`);
}
