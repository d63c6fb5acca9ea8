import { z } from 'zod';
import { Refusal } from '../domain/refusal.ts';
import { barkSettings } from './bark.ts';
import { desktopSettings } from './desktop.ts';
import { discordSettings } from './discord.ts';
import { emailSettings } from './email.ts';
import { ntfySettings } from './ntfy.ts';
import { slackSettings } from './slack.ts';
import { telegramSettings } from './telegram.ts';
import { webhookSettings } from './webhook.ts';

const channelSettings = z.discriminatedUnion('kind', [
  desktopSettings,
  ntfySettings,
  slackSettings,
  discordSettings,
  telegramSettings,
  barkSettings,
  webhookSettings,
  emailSettings,
]);
export type ChannelSettings = z.output<typeof channelSettings>;
export type ChannelKind = ChannelSettings['kind'];

/** The secret of each kind, by the name of the setting without its ending. */
export const SECRET_OF: Readonly<
  Record<ChannelKind, { readonly field: string; readonly isNeeded: boolean } | undefined>
> = {
  desktop: undefined,
  ntfy: { field: 'token', isNeeded: false },
  slack: { field: 'url', isNeeded: true },
  discord: { field: 'url', isNeeded: true },
  telegram: { field: 'token', isNeeded: true },
  bark: { field: 'key', isNeeded: true },
  webhook: { field: 'key', isNeeded: true },
  email: { field: 'password', isNeeded: false },
};

const CHANNELS_MAX = 32;
const CHANNEL_NAME = /^[a-z][a-z0-9_-]{0,31}$/;

/** The configured channels, in their order. Refuses what none of them can be, naming the place. */
export function readChannelSettings(value: unknown): Readonly<Record<string, ChannelSettings>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refusal('invalid', '"channels" must be an object of channels by name.', EXAMPLE);
  }
  const entries = Object.entries(value);
  if (entries.length > CHANNELS_MAX) {
    throw new Refusal('invalid', `"channels" has ${entries.length}; the most is ${CHANNELS_MAX}.`);
  }
  return Object.fromEntries(entries.map(([name, one]) => [name, readOne(name, one)]));
}

const EXAMPLE = 'For example: "channels": { "phone": { "kind": "ntfy", "topic": "my-topic" } }';

function readOne(name: string, value: unknown): ChannelSettings {
  if (!CHANNEL_NAME.test(name)) {
    throw new Refusal(
      'invalid',
      `${JSON.stringify(name.slice(0, 64))} is no name for a channel. Write up to 32 small letters, digits, - and _, beginning with a letter.`,
    );
  }
  const read = channelSettings.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    const place = ['channels', name, ...(issue?.path ?? [])].join('.');
    throw new Refusal('invalid', `"${place}": ${issue?.message ?? 'is not understood'}.`, EXAMPLE);
  }
  checkSecret(name, read.data);
  return read.data;
}

function checkSecret(name: string, settings: ChannelSettings): void {
  const secret = SECRET_OF[settings.kind];
  if (secret === undefined) return;
  const named = ['_secret', '_file'].filter((end) => Object.hasOwn(settings, secret.field + end));
  const needsOne = secret.isNeeded || (settings.kind === 'email' && settings.user !== undefined);
  if (named.length === 1 || (named.length === 0 && !needsOne)) return;
  throw new Refusal(
    'invalid',
    `"channels.${name}" needs either "${secret.field}_secret" (the name of a secret) or "${secret.field}_file" (a file that holds it), and not both.`,
    `Store it with: carillon secrets set NAME`,
  );
}
