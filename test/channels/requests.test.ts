import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readChannelSettings, type ChannelSettings } from '../../src/channels/channel-settings.ts';
import type { ChannelRequest, ChannelSecrets } from '../../src/channels/channel-request.ts';
import { requestOf } from '../../src/channels/open-channels.ts';
import type { Notice } from '../../src/ports/channels.ts';
import { HOSTILE_TEXTS } from '../support/hostile-texts.ts';

const NOW = Temporal.Instant.from('2026-11-21T09:00:00.250Z');
const NOTICE: Notice = {
  key: 'run_1',
  title: 'Stand-up\nnow',
  body: 'Room <3> & *bring* tea',
  level: 'warning',
  sound: undefined,
};

type Posting = Exclude<ChannelSettings, { readonly kind: 'desktop' | 'email' }>;

function requestFor(
  settings: Readonly<Record<string, unknown>>,
  secrets: ChannelSecrets,
  notice: Partial<Notice> = {},
): ChannelRequest & { readonly json: unknown } {
  const read = readChannelSettings({ one: settings })['one'] as Posting;
  const request = requestOf(read, secrets, { ...NOTICE, ...notice }, NOW);
  return { ...request, json: JSON.parse(request.body) as unknown };
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

describe('the request of a channel', () => {
  it('publishes to ntfy as JSON, with the token in a header', () => {
    const ntfy = { kind: 'ntfy', topic: 'my-topic', token_secret: 'NTFY' };
    expect(requestFor(ntfy, { token: 'tk_1' })).toMatchObject({
      url: 'https://ntfy.sh',
      headers: { ...JSON_TYPE, authorization: 'Bearer tk_1' },
      json: {
        topic: 'my-topic',
        title: 'Stand-up now',
        message: 'Room <3> & *bring* tea',
        priority: 4,
      },
    });
    const own = { kind: 'ntfy', topic: 't', url: 'https://push.example/base' };
    const request = requestFor(own, {}, { body: '', level: 'info' });
    expect(request.headers).toEqual(JSON_TYPE);
    expect(request.json).toEqual({
      topic: 't',
      title: 'Stand-up now',
      message: 'Stand-up\nnow',
      priority: 3,
    });
  });

  it('posts plain text to Slack, so that nothing in it comes alive', () => {
    const request = requestFor(
      { kind: 'slack', url_secret: 'SLACK' },
      { url: 'https://hooks.slack.example/services/T/B/x' },
      { title: 'a <!channel> & b' },
    );
    expect(request.url).toBe('https://hooks.slack.example/services/T/B/x');
    expect(request.json).toEqual({
      text: 'a &lt;!channel&gt; &amp; b',
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: 'a <!channel> & b', emoji: false } },
        {
          type: 'section',
          text: { type: 'plain_text', text: 'Room <3> & *bring* tea', emoji: false },
        },
      ],
    });
  });

  it('posts an embed to Discord that mentions nobody', () => {
    const request = requestFor(
      { kind: 'discord', url_file: '/etc/carillon/discord' },
      { url: 'https://discord.example/api/webhooks/1/x' },
    );
    expect(request.json).toEqual({
      embeds: [
        {
          title: 'Stand\\-up now',
          description: 'Room <3\\> & \\*bring\\* tea',
          color: 0xf59e0b,
        },
      ],
      allowed_mentions: { parse: [] },
    });
  });

  it('sends a message of Telegram without a parse mode', () => {
    const telegram = { kind: 'telegram', chat: '-100123', token_secret: 'TG' };
    expect(requestFor(telegram, { token: '12:ab' }, { sound: 'none' })).toMatchObject({
      url: 'https://api.telegram.org/bot12%3Aab/sendMessage',
      json: {
        chat_id: '-100123',
        text: 'Stand-up\nnow\n\nRoom <3> & *bring* tea',
        disable_notification: true,
        link_preview_options: { is_disabled: true },
      },
    });
  });

  it('pushes to Bark with the key in the body', () => {
    const bark = { kind: 'bark', key_secret: 'BARK', sound: 'bell' };
    expect(requestFor(bark, { key: 'k' }, { level: 'urgent' })).toMatchObject({
      url: 'https://api.day.app/push',
      json: {
        device_key: 'k',
        title: 'Stand-up now',
        body: 'Room <3> & *bring* tea',
        level: 'timeSensitive',
        sound: 'bell',
      },
    });
    expect(requestFor(bark, { key: 'k' }, { sound: 'none' }).json).not.toHaveProperty('sound');
  });

  it('signs a webhook as Standard Webhooks says', () => {
    const webhook = { kind: 'webhook', url: 'https://example.com/hook?a=1', key_secret: 'HOOK' };
    // The key, and the way to sign, of the examples of the specification.
    const key = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const request = requestFor(webhook, { key });
    const signed = `run_1.1795251600.${request.body}`;
    const bytes = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
    const signature = createHmac('sha256', bytes).update(signed).digest('base64');
    expect(request.url).toBe('https://example.com/hook?a=1');
    expect(request.headers).toEqual({
      ...JSON_TYPE,
      'webhook-id': 'run_1',
      'webhook-timestamp': '1795251600',
      'webhook-signature': `v1,${signature}`,
      'idempotency-key': 'run_1',
    });
    expect(request.json).toEqual({
      type: 'carillon.notice',
      timestamp: '2026-11-21T09:00:00.250Z',
      data: { id: 'run_1', title: 'Stand-up\nnow', body: NOTICE.body, level: 'warning' },
    });
  });

  it.each([
    [{ kind: 'ntfy', topic: 't' }, {}, 'message'],
    [{ kind: 'slack', url_secret: 'S' }, { url: 'https://s.example' }, 'blocks'],
    [{ kind: 'telegram', chat: '1', token_secret: 'S' }, { token: '1' }, 'text'],
    [{ kind: 'bark', key_secret: 'S' }, { key: '1' }, 'body'],
    [{ kind: 'webhook', url: 'https://w.example', key_secret: 'S' }, { key: '1' }, 'data'],
  ] as const)('of %j carries every hostile text whole', (settings, secrets, field) => {
    for (const text of HOSTILE_TEXTS) {
      const request = requestFor(settings, secrets, { body: text });
      expect(JSON.stringify((request.json as Record<string, unknown>)[field])).toContain(
        JSON.stringify(text).slice(1, -1),
      );
      expect(Object.values(request.headers).join('')).not.toContain(text);
    }
  });

  it('stays under the bounds of each service', () => {
    const long = { title: '世'.repeat(9_000), body: '😀'.repeat(9_000) };
    const slack = requestFor({ kind: 'slack', url_secret: 'S' }, { url: 'https://s' }, long);
    const [header, section] = (
      slack.json as { blocks: readonly { readonly text: { readonly text: string } }[] }
    ).blocks;
    expect(header?.text.text.length).toBeLessThanOrEqual(150);
    expect(section?.text.text.length).toBeLessThanOrEqual(3_000);
    expect(section?.text.text.isWellFormed()).toBe(true);
    const bark = requestFor({ kind: 'bark', key_secret: 'S' }, { key: 'k' }, long);
    expect(Buffer.byteLength(bark.body)).toBeLessThan(4_096);
  });
});

describe('the settings of channels', () => {
  const refusal = (value: unknown): string => {
    try {
      readChannelSettings(value);
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
    return 'taken';
  };

  it('keep their order', () => {
    const read = readChannelSettings({
      phone: { kind: 'ntfy', topic: 'x' },
      desk: { kind: 'desktop', sound: 'bell' },
    });
    expect(Object.keys(read)).toEqual(['phone', 'desk']);
  });

  it.each([
    [[], 'object of channels'],
    [{ Phone: { kind: 'desktop' } }, 'no name for a channel'],
    [{ '1': { kind: 'desktop' } }, 'no name for a channel'],
    [{ x: { kind: 'pager' } }, 'channels.x.kind'],
    [{ x: { kind: 'desktop', volume: 11 } }, 'channels.x'],
    [{ x: { kind: 'ntfy' } }, 'channels.x.topic'],
    [{ x: { kind: 'ntfy', topic: 'a', url: 'ftp://a' } }, 'channels.x.url'],
    [{ x: { kind: 'ntfy', topic: 'a', url: 'https://u:p@a' } }, 'no user name'],
    [{ x: { kind: 'slack', url: 'https://hooks.example' } }, 'channels.x'],
    [{ x: { kind: 'slack' } }, '"url_secret"'],
    [{ x: { kind: 'slack', url_secret: 'A', url_file: '/a' } }, 'not both'],
    [{ x: { kind: 'telegram', chat: '1', token_file: 'relative' } }, 'channels.x.token_file'],
    [{ x: { kind: 'email', host: 'a', from: 'a', to: 'b@c' } }, 'channels.x.from'],
    [{ x: { kind: 'email', host: 'a', from: 'a@b', to: 'b@c', user: 'u' } }, '"password_secret"'],
    [Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`c${n}`, {}])), 'the most is 32'],
  ])('refuse %j', (value, part) => {
    expect(refusal(value)).toContain(part);
  });
});
