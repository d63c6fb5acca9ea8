import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { SeenClient, SeenClients } from '../ports/seen-clients.ts';

/** A program that calls all the time is written down this often, in milliseconds. */
const WRITE_EVERY_MS = 5_000;
/** Beyond so many programs in between, what was written when is forgotten. */
const KNOWN_MAX = 100;

/** Writes down which programs call; one that cannot be written is no reason to refuse its call. */
export function clientNotes(ports: {
  readonly seenClients: SeenClients;
  readonly clock: Clock;
  readonly log: Log;
}): (client: SeenClient) => void {
  const written = new Map<string, number>();
  return (client) => {
    const now = ports.clock.now();
    const key = JSON.stringify([client.name, client.version, client.transport]);
    const before = written.get(key);
    if (before !== undefined && now.epochMilliseconds - before < WRITE_EVERY_MS) return;
    if (written.size >= KNOWN_MAX) written.clear();
    written.set(key, now.epochMilliseconds);
    ports.seenClients
      .note(client, now)
      .catch((error: unknown) => ports.log.error('A client could not be noted.', {}, error));
  };
}
