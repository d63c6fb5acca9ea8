import { requireScope, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';

/** Refused to everybody, so that who tries is told, and the audit trail has it. */
export async function readSecret(principal: Principal): Promise<never> {
  requireScope(principal, 'admin');
  throw new Refusal(
    'forbidden',
    'Nobody can read a secret back.',
    'List the secrets to see their names; a task is granted one by its name.',
  );
}
