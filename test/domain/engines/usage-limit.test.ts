import { describe, expect, it } from 'vitest';
import { limitEnd } from '../../../src/domain/engines/usage-limit.ts';

const NOW = Temporal.Instant.from('2026-11-21T13:00:00Z');

describe('the end of a usage limit', () => {
  it.each([
    ["You've hit your session limit · resets 8pm (Europe/Berlin)", '2026-11-21T19:00:00Z'],
    ['5-hour limit reached ∙ resets 8:30pm', '2026-11-21T19:30:00Z'],
    ['limit reached ∙ resets 1pm (Europe/Berlin)', '2026-11-22T12:00:00Z'],
    ['Weekly limit reached · resets Nov 24, 8am (UTC)', '2026-11-24T08:00:00Z'],
    ['Weekly limit reached · resets Dec 1 at 9:15am (America/New_York)', '2026-12-01T14:15:00Z'],
    ['You’ve hit your usage limit. Try again at 4:28 PM.', '2026-11-21T15:28:00Z'],
    ['or try again at Nov 27th, 2026 4:28 PM.', '2026-11-27T15:28:00Z'],
    ['Claude AI usage limit reached|1795274919', '2026-11-21T15:28:39Z'],
    ['429: retry after 30 seconds', '2026-11-21T13:00:30Z'],
    ['retry-after: 120', '2026-11-21T13:02:00Z'],
    ['Try again in 2 days 3 hours 5 minutes.', '2026-11-23T16:05:00Z'],
    ['Please try again in 1.5s', '2026-11-21T13:00:01.5Z'],
    ['Try again at 1:59 PM.', '2026-11-21T13:01:00Z'],
    ['until 17:45', '2026-11-21T16:45:00Z'],
  ])('is read from %j', (text, end) => {
    expect(limitEnd(text, NOW, 'Europe/Berlin')?.toString()).toBe(end);
  });

  it.each([
    'exceeded retry limit, last status: 429 Too Many Requests',
    'resets 99pm',
    'resets 8pm (Nowhere/Land)',
    'resets Nov 31, 8pm',
    'resets in 400 days',
    'usage limit reached|9999999999',
    'try again at 4',
  ])('is not made up from %j', (text) => {
    expect(limitEnd(text, NOW, 'Europe/Berlin')).toBeUndefined();
  });

  it('is found quickly in a text that was made to be slow', () => {
    const text = `resets in ${'1 '.repeat(50_000)}`;
    const before = performance.now();
    limitEnd(text, NOW, 'UTC');
    expect(performance.now() - before).toBeLessThan(200);
  });
});
