import type { Delivery } from '../domain/outcome.ts';
import { requireScope, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { ChannelListing, Channels } from '../ports/channels.ts';
import { requireNoRun } from './agent-bounds.ts';
import { nearestNames } from './nearest-names.ts';
import type { ServicePorts } from './services.ts';

/** The channels in the order in which they are tried. */
export async function listChannels(
  ports: ServicePorts,
  principal: Principal,
): Promise<readonly ChannelListing[]> {
  requireScope(principal, 'tasks:read');
  return ports.channels?.list() ?? [];
}

/** Sends a notice through one channel, or through each by itself, and tells what came of it. */
export async function sendTestNotice(
  ports: ServicePorts,
  principal: Principal,
  channel: string | undefined,
  signal: AbortSignal,
): Promise<readonly Delivery[]> {
  requireScope(principal, 'tasks:run');
  requireNoRun(principal, 'send notices');
  const { channels } = ports;
  if (channels === undefined) {
    throw new Refusal('unavailable', 'This process has no channels. Ask the daemon.');
  }
  const names = channel === undefined ? channels.list().map(({ name }) => name) : [channel];
  requireKnown(channels, names);
  const notice = {
    key: `test-${ports.clock.now().epochMilliseconds}`,
    title: 'Carillon',
    body: 'This is a test. Reminders and alerts will reach you here.',
    level: 'info',
    sound: undefined,
  } as const;
  const deliveries: Delivery[] = [];
  for (const name of names) deliveries.push(...(await channels.deliver([name], notice, signal)));
  return deliveries;
}

function requireKnown(channels: Channels, names: readonly string[]): void {
  const known = channels.list().map(({ name }) => name);
  for (const name of names) {
    if (known.includes(name)) continue;
    const [near] = nearestNames(name, known);
    throw new Refusal(
      'not_found',
      `There is no channel ${JSON.stringify(name.slice(0, 64))}.`,
      near === undefined
        ? `The channels are: ${known.join(', ')}.`
        : `Did you mean ${JSON.stringify(near)}?`,
    );
  }
}
