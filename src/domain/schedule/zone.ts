import { Refusal } from '../refusal.ts';

const ZONES_KNOWN_MAX = 1_000;
const known = new Map<string, string>();

/** The IANA name as the time zone data spells it; refuses anything else, abbreviated offsets included. */
export function zoneNamed(name: string): string {
  const cached = known.get(name);
  if (cached !== undefined) return cached;
  if (name === '') {
    throw new Refusal(
      'invalid',
      'The time zone is empty. Write an IANA name such as "Europe/Berlin" or "UTC".',
    );
  }
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]{0,63}$/.test(name)) throw unknown(name);
  const zone = spelled(name);
  if (known.size >= ZONES_KNOWN_MAX) known.clear();
  known.set(name, zone);
  return zone;
}

function spelled(name: string): string {
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId;
  } catch {
    throw unknown(name);
  }
}

function unknown(name: string): Refusal {
  const shown = JSON.stringify(name.length > 64 ? `${name.slice(0, 64)}…` : name);
  return new Refusal(
    'invalid',
    `The time zone ${shown} is not known. Write an IANA name such as "Europe/Berlin", "America/New_York" or "UTC".`,
  );
}
