import { useQuery } from '@tanstack/react-query';
import type { SecretUsesView, SecretView } from '../../../src/api/secret-view.ts';
import { get } from './request.ts';

/** Names, grants and last uses; a value is told to nobody. */
export function useSecrets() {
  return useQuery({
    queryKey: ['secrets', 'list'],
    queryFn: ({ signal }) =>
      get<{ readonly secrets: readonly SecretView[] }>('/secrets', undefined, signal),
    select: ({ secrets }) => secrets,
  });
}

/** Which tasks name which secrets. */
export function useSecretUses() {
  return useQuery({
    queryKey: ['secrets', 'uses'],
    queryFn: ({ signal }) =>
      get<{ readonly uses: readonly SecretUsesView[] }>('/secrets/uses', undefined, signal),
    select: ({ uses }) => uses,
  });
}
