/**
 * Instants in the page are milliseconds since 1970: not every browser has Temporal yet, and the page
 * computes no civil times, it only shows them. This is the one file that touches `Date`.
 */
export function toMs(text: string): number {
  return Date.parse(text.replace(/\[[^\]]*\]$/, ''));
}

export function browserNowMs(): number {
  return Date.now();
}

export function toIso(ms: number): string {
  return new Date(ms).toISOString();
}

/** `Mon 3 Nov, 09:00:00`, in the zone; the year stands only when it is another than now's. */
export function formatMoment(ms: number, zone: string, nowMs: number, withSeconds = false): string {
  const isThisYear = yearOf(ms, zone) === yearOf(nowMs, zone);
  return formatter(zone, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    ...(isThisYear ? {} : { year: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
    ...(withSeconds ? { second: '2-digit' } : {}),
    hourCycle: 'h23',
  }).format(ms);
}

/** `09:00`, in the zone. */
export function formatClock(ms: number, zone: string, withSeconds = false): string {
  return formatter(zone, {
    hour: '2-digit',
    minute: '2-digit',
    ...(withSeconds ? { second: '2-digit' } : {}),
    hourCycle: 'h23',
  }).format(ms);
}

/** `3 Nov`, in the zone. */
export function formatDay(ms: number, zone: string): string {
  return formatter(zone, { day: 'numeric', month: 'short' }).format(ms);
}

export function formatWeekday(ms: number, zone: string): string {
  return formatter(zone, { weekday: 'short' }).format(ms);
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** The weekday in the zone, 0 for Monday. */
export function weekdayOf(ms: number, zone: string): number {
  return WEEKDAYS.indexOf(formatWeekday(ms, zone));
}

/** `2026-11-03`, in the zone: says whether two instants are of one day. */
export function dayKey(ms: number, zone: string): string {
  return formatter(zone, { year: 'numeric', month: '2-digit', day: '2-digit' }, 'sv').format(ms);
}

/** The hour of the day in the zone, 0 to 23. */
export function hourOf(ms: number, zone: string): number {
  return Number(formatter(zone, { hour: '2-digit', hourCycle: 'h23' }).format(ms));
}

function yearOf(ms: number, zone: string): string {
  return formatter(zone, { year: 'numeric' }).format(ms);
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Making one takes a hundred times as long as using it. */
function formatter(
  zone: string,
  options: Intl.DateTimeFormatOptions,
  locale = 'en-GB',
): Intl.DateTimeFormat {
  const key = `${locale} ${zone} ${JSON.stringify(options)}`;
  const kept = formatters.get(key);
  if (kept !== undefined) return kept;
  const made = new Intl.DateTimeFormat(locale, { ...options, timeZone: zone });
  formatters.set(key, made);
  return made;
}
