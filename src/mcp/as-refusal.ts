import { randomBytes } from 'node:crypto';
import { Refusal } from '../domain/refusal.ts';
import type { Log, LogFields } from '../ports/log.ts';

const REFERENCE_BYTES = 6;

/** What the caller reads of a defect: a reference. The log gets the rest. */
export function asRefusal(error: unknown, log: Log, fields: LogFields): Refusal {
  const reference = randomBytes(REFERENCE_BYTES).toString('hex');
  log.error('A request met a defect.', { ...fields, reference }, error);
  return new Refusal(
    'internal',
    `Something went wrong inside Carillon (reference ${reference}).`,
    'It is safe to look whether it happened before trying again; the log of the daemon has the details under this reference.',
  );
}
