import type { Delivery } from '../domain/outcome.ts';
import type { Egress } from '../egress/egress.ts';
import type { Channels, Notice } from '../ports/channels.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Secrets } from '../ports/secrets.ts';
import { barkRequest } from './bark.ts';
import type { ChannelRequest, ChannelSecrets, Told } from './channel-request.ts';
import type { ChannelSettings } from './channel-settings.ts';
import { showBanner, type Desktop } from './desktop.ts';
import { discordRequest } from './discord.ts';
import { sendMail } from './email.ts';
import { ntfyRequest } from './ntfy.ts';
import { resolveSecret } from './resolve-secret.ts';
import { slackRequest } from './slack.ts';
import { telegramRequest } from './telegram.ts';
import { webhookRequest } from './webhook.ts';

export type ChannelsOptions = {
  /** By name, in the order in which they are tried. */
  readonly settings: Readonly<Record<string, ChannelSettings>>;
  readonly desktop: Desktop;
  readonly egress: Egress;
  readonly secrets: Pick<Secrets, 'resolve'>;
  readonly home: string;
  readonly clock: Clock;
  readonly log: Log;
};

/** The longest that one channel may take. */
const CHANNEL_MS_MAX = 15_000;
const NAMES_MAX = 32;
const ANSWER_BYTES_MAX = 64 * 1_024;

/** The channel of a daemon whose configuration names none. */
const BY_DEFAULT: Readonly<Record<string, ChannelSettings>> = { desktop: { kind: 'desktop' } };

export function openChannels(options: ChannelsOptions): Channels {
  const isConfigured = Object.keys(options.settings).length > 0;
  const channels = new Map(Object.entries(isConfigured ? options.settings : BY_DEFAULT));
  return {
    list: () => [...channels].map(([name, { kind }]) => ({ name, kind })),
    deliver: async (names, notice, signal) => {
      const wanted = names.length === 0 ? [...channels.keys()] : names.slice(0, NAMES_MAX);
      const deliveries: Delivery[] = [];
      for (const name of wanted) {
        if (signal.aborted) break;
        const told = await tell(options, channels.get(name), notice, signal);
        deliveries.push({ channel: name, ...told });
        if (told.isDelivered) break;
        options.log.info('A channel did not take a notice.', { channel: name, why: told.note });
      }
      return deliveries;
    },
  };
}

async function tell(
  options: ChannelsOptions,
  settings: ChannelSettings | undefined,
  notice: Notice,
  stop: AbortSignal,
): Promise<Told> {
  if (settings === undefined) return failed('There is no channel of this name.');
  const resolved = await resolveSecret(options, settings);
  if (resolved.kind === 'missing') return failed(resolved.note);
  const signal = AbortSignal.any([stop, AbortSignal.timeout(CHANNEL_MS_MAX)]);
  switch (settings.kind) {
    case 'desktop':
      return showBanner(options.desktop, settings, notice, signal);
    case 'email':
      return sendMail(settings, resolved.secrets, notice, signal);
    case 'ntfy':
    case 'slack':
    case 'discord':
    case 'telegram':
    case 'bark':
    case 'webhook':
      return post(
        options.egress,
        requestOf(settings, resolved.secrets, notice, options.clock.now()),
        signal,
      );
  }
}

/** What a channel posts, to the letter. */
export function requestOf(
  settings: Exclude<ChannelSettings, { readonly kind: 'desktop' | 'email' }>,
  secrets: ChannelSecrets,
  notice: Notice,
  now: Temporal.Instant,
): ChannelRequest {
  switch (settings.kind) {
    case 'ntfy':
      return ntfyRequest(settings, secrets, notice);
    case 'slack':
      return slackRequest(settings, secrets, notice);
    case 'discord':
      return discordRequest(settings, secrets, notice);
    case 'telegram':
      return telegramRequest(settings, secrets, notice);
    case 'bark':
      return barkRequest(settings, secrets, notice);
    case 'webhook':
      return webhookRequest(settings, secrets, notice, now);
  }
}

/** The addresses hold secrets, so neither they nor what the server says get into the note. */
async function post(egress: Egress, request: ChannelRequest, signal: AbortSignal): Promise<Told> {
  const response = await egress.request({
    ...request,
    method: 'POST',
    signal,
    redirects: 'none',
    bodyBytesMax: ANSWER_BYTES_MAX,
    readBytesMax: ANSWER_BYTES_MAX,
    onBody: () => undefined,
  });
  if (response.kind === 'failed') {
    return failed(signal.aborted ? 'The server did not answer in time.' : response.message);
  }
  const isTaken = response.status >= 200 && response.status <= 299;
  return isTaken
    ? { isDelivered: true, note: `The server took it with status ${response.status}.` }
    : failed(`The server answered with status ${response.status}.`);
}

function failed(note: string): Told {
  return { isDelivered: false, note };
}
