import type { Json } from '../domain/json.ts';
import type { Verdict } from '../domain/policy/audit-entry.ts';
import type { AuditTrail } from '../ports/audit.ts';
import type { Clock } from '../ports/clock.ts';
import { ACCOUNT } from './oauth/account.ts';

/** Adds to the audit trail what the person at a browser did, or somebody in that person's place tried. */
export type Note = (
  verb: 'sign_in' | 'set_password' | 'let_in' | 'take_back',
  subject: string,
  verdict: Verdict,
  detail?: Json,
) => Promise<void>;

/** @param from the address of the browser. */
export function noteFrom(
  audit: Pick<AuditTrail, 'append'>,
  clock: Clock,
  from: string | undefined,
): Note {
  return (verb, subject, verdict, detail = null) =>
    audit.append({
      at: clock.now(),
      principalKind: 'person',
      principalId: ACCOUNT,
      client: undefined,
      parentRunId: undefined,
      from: from === undefined ? 'http' : `http ${from}`,
      verb,
      subject,
      verdict,
      detail: JSON.stringify(detail),
    });
}
