const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A length of time in its two largest units: `850 ms`, `4.2 s`, `3 m 05 s`, `2 h 10 m`, `3 d 4 h`. */
export function formatLength(ms: number): string {
  const length = Math.max(0, ms);
  if (length < SECOND) return `${Math.round(length)} ms`;
  if (length < 10 * SECOND) return `${(Math.floor(length / 100) / 10).toFixed(1)} s`;
  return formatWhole(length);
}

/** The same in whole seconds, for what counts up or down. */
export function formatWhole(ms: number): string {
  const length = Math.max(0, ms);
  if (length < MINUTE) return `${Math.floor(length / SECOND)} s`;
  if (length < HOUR) return pair(length, MINUTE, 'm', SECOND, 's');
  if (length < DAY) return pair(length, HOUR, 'h', MINUTE, 'm');
  return pair(length, DAY, 'd', HOUR, 'h');
}

function pair(ms: number, large: number, largeName: string, small: number, smallName: string) {
  const whole = Math.floor(ms / large);
  const rest = Math.floor((ms % large) / small);
  return rest === 0 ? `${whole} ${largeName}` : `${whole} ${largeName} ${rest} ${smallName}`;
}

/** `in 4 m 10 s`, `3 h ago`, `now`. */
export function formatRelative(atMs: number, nowMs: number): string {
  const away = atMs - nowMs;
  if (Math.abs(away) < SECOND) return 'now';
  // Counted up, so that "in 1 s" is followed by "now".
  return away > 0 ? `in ${formatWhole(away + SECOND - 1)}` : `${coarse(-away)} ago`;
}

/** Nobody needs the seconds of something that was hours ago. */
function coarse(ms: number): string {
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} m`;
  if (ms < 2 * DAY) return `${Math.floor(ms / HOUR)} h`;
  return `${Math.floor(ms / DAY)} d`;
}
