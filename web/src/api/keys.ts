import { useQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import type { issuedKeyView, keyView } from '../../../src/api/key-view.ts';
import { get } from './request.ts';

export type KeyView = z.output<typeof keyView>;
export type IssuedKeyView = z.output<typeof issuedKeyView>;

/** The keys of programs, newest first. */
export function useKeys() {
  return useQuery({
    queryKey: ['keys'],
    queryFn: ({ signal }) => get<{ readonly keys: readonly KeyView[] }>('/keys', undefined, signal),
    select: ({ keys }) => keys,
  });
}
