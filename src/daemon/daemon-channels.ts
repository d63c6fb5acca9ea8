import { release } from 'node:os';
import { join } from 'node:path';
import { desktopSystem } from '../channels/desktop-commands.ts';
import { openChannels } from '../channels/open-channels.ts';
import type { Egress } from '../egress/egress.ts';
import type { Channels } from '../ports/channels.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Secrets } from '../ports/secrets.ts';
import type { Setup } from './read-setup.ts';

/** The configured ways to a person, from the machine that the daemon runs on. */
export function daemonChannels(
  { config, files, machine }: Setup,
  parts: {
    readonly egress: Egress;
    readonly secrets: Secrets;
    readonly clock: Clock;
    readonly log: Log;
    readonly environment: Readonly<Record<string, string>>;
  },
): Channels {
  const { environment, ...rest } = parts;
  return openChannels({
    ...rest,
    settings: config.channels,
    home: machine.home,
    desktop: {
      system: desktopSystem(machine.platform, release()),
      environment,
      userId: process.getuid?.(),
      folder: join(files.folder, 'sounds'),
    },
  });
}
