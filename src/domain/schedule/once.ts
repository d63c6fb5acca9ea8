import { Refusal } from '../refusal.ts';

const PAST_MS_MAX = 60_000;

export type OnceReading = { readonly at: Temporal.Instant; readonly notes: readonly string[] };

/** A text that begins like an ISO date, so that it is a one-off or nothing. */
export function looksLikeInstant(text: string): boolean {
  return /^[+-]?\d{4,6}-?\d{2}-?\d{2}(?:[Tt ]\d|$)/.test(text);
}

/** An ISO date and time with an offset, or a local one in `zone`; refuses the past and what never is. */
export function parseOnce(
  text: string,
  zone: string,
  now: Temporal.Instant,
): OnceReading & { readonly zone: string } {
  const trimmed = text.trim();
  const bracket = /\[([^\]]+)\]$/.exec(trimmed)?.[1];
  try {
    if (bracket !== undefined && !/(?:Z|[+-]\d{2}:?\d{2})\[/i.test(trimmed)) {
      const local = Temporal.PlainDateTime.from(trimmed.replace(/\[[^\]]+\]$/, ''));
      return { ...onceAtLocal(local, bracket, now), zone: bracket };
    }
    if (/(?:Z|[+-]\d{2}:?\d{2})(?:\[[^\]]+\])?$/i.test(trimmed) && /[Tt ]\d/.test(trimmed)) {
      return { ...notPast(Temporal.Instant.from(trimmed), [], now), zone: bracket ?? zone };
    }
    if (/[Tt ]\d/.test(trimmed)) {
      return { ...onceAtLocal(Temporal.PlainDateTime.from(trimmed), zone, now), zone };
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
  }
  throw new Refusal(
    'invalid',
    `${JSON.stringify(trimmed.slice(0, 60))} is not a date with a time. Write it like "2027-03-14T09:00:00+01:00", or "2027-03-14T09:00" for the local time in ${zone}.`,
  );
}

/** A local time as an instant: in a gap refused with both neighbours, in a fold the first pass. */
export function onceAtLocal(
  local: Temporal.PlainDateTime,
  zone: string,
  now: Temporal.Instant,
): OnceReading {
  const earlier = local.toZonedDateTime(zone, { disambiguation: 'earlier' });
  const later = local.toZonedDateTime(zone, { disambiguation: 'later' });
  if (!earlier.toPlainDateTime().equals(local)) {
    const before = minute(earlier);
    throw new Refusal(
      'invalid',
      `${minute(local)} does not exist in ${zone}: the clocks go forward over it. Write ${before} or ${minute(later)}.`,
    );
  }
  const notes = earlier.toInstant().equals(later.toInstant())
    ? []
    : [
        `${minute(local)} comes twice in ${zone}; it is the first one, ${earlier.offset}. For the second, write ${minute(local)}${later.offset}.`,
      ];
  return notPast(earlier.toInstant(), notes, now);
}

function notPast(
  at: Temporal.Instant,
  notes: readonly string[],
  now: Temporal.Instant,
): OnceReading {
  const pastMs = now.epochMilliseconds - at.epochMilliseconds;
  if (pastMs < 0) return { at, notes };
  if (pastMs <= PAST_MS_MAX) {
    // Occurrences are strictly after now, so "now" is the next whole second.
    const soon = Temporal.Instant.fromEpochMilliseconds(
      (Math.floor(now.epochMilliseconds / 1_000) + 1) * 1_000,
    );
    const note = `${at.toString({ smallestUnit: 'second' })} passed ${Math.round(pastMs / 1_000)} seconds ago, so it runs at once.`;
    return { at: soon, notes: [...notes, note] };
  }
  throw new Refusal(
    'invalid',
    `${at.toString({ smallestUnit: 'second' })} is in the past; it is ${now.toString({ smallestUnit: 'second' })} now. Write a later time, or start the task by hand.`,
  );
}

function minute(local: Temporal.PlainDateTime | Temporal.ZonedDateTime): string {
  const plain = local instanceof Temporal.ZonedDateTime ? local.toPlainDateTime() : local;
  return plain.toString({ smallestUnit: plain.second === 0 ? 'minute' : 'second' });
}
