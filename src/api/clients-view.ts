import { z } from 'zod';
import type { SeenClientListing } from '../ports/seen-clients.ts';
import { timeIn } from './times.ts';

export const clientsView = z.object({
  timezone: z.string(),
  clients: z.array(
    z.object({
      /** As it named itself: untrusted. */
      name: z.string(),
      version: z.string().nullable(),
      transport: z.enum(['pipe', 'http']),
      first_at: z.string(),
      last_at: z.string(),
      tasks: z.number(),
    }),
  ),
});
export type ClientsView = z.output<typeof clientsView>;

export function viewClients(clients: readonly SeenClientListing[], zone: string): ClientsView {
  return {
    timezone: zone,
    clients: clients.map(({ name, version, transport, firstAt, lastAt, tasks }) => ({
      name,
      version: version ?? null,
      transport,
      first_at: timeIn(zone, firstAt),
      last_at: timeIn(zone, lastAt),
      tasks,
    })),
  };
}
