/** The longest that a usage window is believed to stay closed. */
const WAIT_MS_MAX = 32 * 24 * 60 * 60 * 1000;

/**
 * The instant at which a server wants to be asked again, as the headers of its answer say it.
 *
 * @param headers names in lower case.
 * @see RFC 9110, 10.2.3, and the headers of the providers that are older than it or more exact.
 */
export function retryAtOf(
  headers: Readonly<Record<string, string>>,
  now: Temporal.Instant,
): Temporal.Instant | undefined {
  const waitMs =
    numberOf(headers['retry-after-ms']) ??
    secondsAsMs(numberOf(headers['retry-after'])) ??
    msUntil(parseHttpDate(headers['retry-after']), now) ??
    msUntil(parseEpochSeconds(headers['anthropic-ratelimit-unified-reset']), now);
  if (waitMs === undefined || waitMs > WAIT_MS_MAX) return undefined;
  return now.add({ milliseconds: Math.ceil(Math.max(0, waitMs)) });
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d{1,12}(?:\.\d{1,9})?\s*$/.test(text)
    ? Number(text)
    : undefined;
}

function secondsAsMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}

function msUntil(at: Temporal.Instant | undefined, now: Temporal.Instant): number | undefined {
  return at === undefined ? undefined : at.epochMilliseconds - now.epochMilliseconds;
}

const EPOCH_SECONDS_MAX = 1e11;

function parseEpochSeconds(text: string | undefined): Temporal.Instant | undefined {
  const seconds = numberOf(text);
  if (seconds === undefined || seconds > EPOCH_SECONDS_MAX) return undefined;
  return Temporal.Instant.fromEpochMilliseconds(Math.round(seconds * 1000));
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The one form of dates that servers may still send: `Sun, 06 Nov 1994 08:49:37 GMT`. */
function parseHttpDate(text: string | undefined): Temporal.Instant | undefined {
  const match = /^\s*\w{3}, (\d\d) (\w{3}) (\d{4}) (\d\d:\d\d:\d\d) GMT\s*$/.exec(text ?? '');
  if (match === null) return undefined;
  const [, day = '', month = '', year = '', time = ''] = match;
  const monthNumber = String(MONTHS.indexOf(month) + 1).padStart(2, '0');
  try {
    return Temporal.Instant.from(`${year}-${monthNumber}-${day}T${time}Z`);
  } catch {
    return undefined;
  }
}
