import { useQuery } from '@tanstack/react-query';
import type { ClientsView } from '../../../src/api/clients-view.ts';
import { get } from './request.ts';

export type SeenClient = ClientsView['clients'][number];

/** Calls are announced to nobody, so who waits for one asks this often, in milliseconds. */
const LOOK_MS = 2_000;

/** The programs that have called over MCP. */
export function useClients(isWaiting = false) {
  return useQuery({
    queryKey: ['clients'],
    queryFn: ({ signal }) => get<ClientsView>('/clients', undefined, signal),
    refetchInterval: isWaiting ? LOOK_MS : false,
  });
}
