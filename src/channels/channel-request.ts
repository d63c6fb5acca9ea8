import type { NoticeLevel } from '../domain/inbox/inbox-item.ts';
import { boundText } from '../domain/inbox/inbox-item.ts';
import type { Notice } from '../ports/channels.ts';

/** What one channel posts; built without knowing the world, so that it can be tested to the letter. */
export type ChannelRequest = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** What came of telling a notice. The note is in our words. */
export type Told = { readonly isDelivered: boolean; readonly note: string };

/** Values of the secrets that a channel is configured with, by the name of the setting. */
export type ChannelSecrets = Readonly<Record<string, string>>;

export function jsonRequest(
  url: string,
  content: object,
  headers: ChannelRequest['headers'] = {},
): ChannelRequest {
  return {
    url,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(content),
  };
}

/** `base` with a path behind it, whether or not it ends with a slash. */
export function under(base: string, path: string): string {
  return `${base.replace(/\/+$/, '')}/${path}`;
}

/** The channel's word for a level. */
export function byLevel<Word>(
  level: NoticeLevel,
  words: Readonly<Record<NoticeLevel, Word>>,
): Word {
  return words[level];
}

/** Title and body as one text of at most `charsMax` characters. */
export function asOneText({ title, body }: Notice, charsMax: number): string {
  return boundText(body === '' ? title : `${title}\n\n${body}`, charsMax);
}

/** A title in one line. */
export function oneLine(text: string, charsMax: number): string {
  return boundText(text.replaceAll(/\s+/g, ' ').trim(), charsMax);
}
