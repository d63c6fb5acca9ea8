import { CLIENTS_MAX, type SeenClients } from '../../src/ports/seen-clients.ts';
import type { MemoryState } from './memory-state.ts';

export function memoryClients(state: MemoryState): SeenClients {
  const rows = state.clients;
  return {
    note: async (client, at) => {
      const key = `${client.transport} ${client.name}`;
      const firstAt = rows.get(key)?.firstAt ?? at;
      rows.delete(key);
      rows.set(key, { ...client, firstAt, lastAt: at });
      const [oldest] = rows.keys();
      if (rows.size > CLIENTS_MAX && oldest !== undefined) rows.delete(oldest);
    },
    list: async () =>
      [...rows.values()].toReversed().map((row) => ({
        ...row,
        tasks: [...state.tasks.values()].filter(
          ({ isDeleted, task: { origin } }) =>
            !isDeleted &&
            (origin.client === row.name || origin.client?.startsWith(`${row.name} `) === true),
        ).length,
      })),
  };
}
