import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { StatusView } from '../../../src/api/status-view.ts';
import { noteDaemonZone } from '../time/zone.ts';
import { get } from './request.ts';

const LOOK_MS = 30_000;

/** How the daemon is doing. It tells its time as well, so it is asked again now and then. */
export function useStatus() {
  const status = useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => get<StatusView>('/status', undefined, signal),
    refetchInterval: LOOK_MS,
  });
  const zone = status.data?.timezone;
  useEffect(() => {
    if (zone !== undefined) noteDaemonZone(zone);
  }, [zone]);
  return status;
}
