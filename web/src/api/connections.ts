import { useQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import type { connectionView, sessionsView } from '../../../src/api/key-view.ts';
import { get } from './request.ts';

export type ConnectionView = z.output<typeof connectionView>;

/** The programs that a person has let in, newest first. */
export function useConnections() {
  return useQuery({
    queryKey: ['connections'],
    queryFn: ({ signal }) =>
      get<{ readonly connections: readonly ConnectionView[] }>('/connections', undefined, signal),
    select: ({ connections }) => connections,
  });
}

export type SessionsView = z.output<typeof sessionsView>;

/** In how many browsers a person is signed in. */
export function useSessions() {
  return useQuery({
    queryKey: ['sessions'],
    queryFn: ({ signal }) => get<SessionsView>('/sessions', undefined, signal),
  });
}
