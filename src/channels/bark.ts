import { z } from 'zod';
import { boundText } from '../domain/inbox/inbox-item.ts';
import type { Notice } from '../ports/channels.ts';
import { byLevel, jsonRequest, oneLine, under } from './channel-request.ts';
import type { ChannelRequest, ChannelSecrets } from './channel-request.ts';
import { address, secretFile, secretName, soundName } from './setting-shapes.ts';

export const barkSettings = z.strictObject({
  kind: z.literal('bark'),
  url: address.default('https://api.day.app'),
  sound: soundName.optional(),
  key_secret: secretName.optional(),
  key_file: secretFile.optional(),
});

const TITLE_CHARS_MAX = 200;
/** The push service takes 4 KB in all. */
const BODY_CHARS_MAX = 900;

/** https://github.com/Finb/bark-server/blob/master/docs/API_V2.md: the device key is in the body, not in the address. */
export function barkRequest(
  { url, sound }: z.output<typeof barkSettings>,
  secrets: ChannelSecrets,
  notice: Notice,
): ChannelRequest {
  const wanted = notice.sound ?? sound;
  return jsonRequest(under(url, 'push'), {
    device_key: secrets['key'] ?? '',
    title: oneLine(notice.title, TITLE_CHARS_MAX),
    body: boundText(notice.body === '' ? notice.title : notice.body, BODY_CHARS_MAX),
    level: byLevel(notice.level, { info: 'active', warning: 'active', urgent: 'timeSensitive' }),
    ...(wanted === undefined || wanted === 'none' ? {} : { sound: wanted }),
  });
}
