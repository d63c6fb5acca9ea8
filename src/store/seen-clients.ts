import { CLIENTS_MAX, type SeenClient, type SeenClientListing } from '../ports/seen-clients.ts';
import type { SeenClients } from '../ports/seen-clients.ts';
import type { StoreContext } from './context.ts';
import { instantOf, msOf } from './instants.ts';
import { write } from './write.ts';

/** The programs that have called over MCP. */
export function createSeenClients(context: StoreContext): SeenClients {
  return {
    note: (client, at) => note(context, client, at),
    list: () => list(context),
  };
}

function note(context: StoreContext, client: SeenClient, at: Temporal.Instant): Promise<void> {
  const { name, transport } = client;
  const version = client.version ?? null;
  const lastAt = msOf(at);
  return write(context, async ({ db }) => {
    await db
      .insertInto('seen_client')
      .values({ name, transport, version, first_at: lastAt, last_at: lastAt })
      .onConflict((conflict) =>
        conflict.columns(['name', 'transport']).doUpdateSet({ version, last_at: lastAt }),
      )
      .execute();
    const { count } = await db
      .selectFrom('seen_client')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    if (count <= CLIENTS_MAX) return;
    const oldest = await db
      .selectFrom('seen_client')
      .select(['name', 'transport'])
      .orderBy('last_at')
      .limit(count - CLIENTS_MAX)
      .execute();
    for (const row of oldest) {
      await db
        .deleteFrom('seen_client')
        .where('name', '=', row.name)
        .where('transport', '=', row.transport)
        .execute();
    }
  });
}

async function list({ db }: StoreContext): Promise<readonly SeenClientListing[]> {
  const rows = await db
    .selectFrom('seen_client')
    .selectAll()
    .orderBy('last_at', 'desc')
    .orderBy('name')
    .execute();
  const made = await db
    .selectFrom('task')
    .select(['origin_client', ({ fn }) => fn.countAll<number>().as('count')])
    .where('deleted_at', 'is', null)
    .where('origin_client', 'is not', null)
    .groupBy('origin_client')
    .execute();
  return rows.map((row) => ({
    name: row.name,
    version: row.version ?? undefined,
    transport: row.transport,
    firstAt: instantOf(row.first_at),
    lastAt: instantOf(row.last_at),
    tasks: made
      .filter(({ origin_client: client }) => isBy(client ?? '', row.name))
      .reduce((sum, { count }) => sum + count, 0),
  }));
}

/** A task says who made it by name and version. */
function isBy(client: string, name: string): boolean {
  return client === name || client.startsWith(`${name} `);
}
