import { requireScope, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { BackupCopy, BackupRequest } from '../ports/backups.ts';
import type { ServicePorts } from './services.ts';

/** A copy of the data as it is now, without any key, to be kept elsewhere. */
export async function makeBackup(
  ports: ServicePorts,
  principal: Principal,
  request: BackupRequest,
): Promise<BackupCopy> {
  requireScope(principal, 'admin');
  if (ports.backups === undefined) {
    throw new Refusal('unavailable', 'This process makes no backups.', 'Type: carillon backup');
  }
  return ports.backups.make(request);
}
