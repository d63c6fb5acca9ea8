import { occurrencesOf } from './occurrences.ts';
import type { Schedule } from './schedule.ts';

/**
 * The delay of one occurrence, in whole milliseconds: from 0 to the schedule's jitter, and always
 * before the next occurrence. The same task and occurrence have the same delay in every process.
 */
export function jitterMsFor(taskId: string, nominal: Temporal.Instant, schedule: Schedule): number {
  if (schedule.jitterMs <= 0) return 0;
  const next = occurrencesOf(schedule).next(nominal);
  const gapMs =
    next === undefined
      ? Number.POSITIVE_INFINITY
      : next.epochMilliseconds - nominal.epochMilliseconds;
  const choices = Math.min(schedule.jitterMs + 1, gapMs);
  return Math.floor(fractionOf(`${taskId} ${nominal.epochMilliseconds}`) * choices);
}

/** A number from 0 to below 1 that depends on the text alone (FNV-1a with a final mix). */
function fractionOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
