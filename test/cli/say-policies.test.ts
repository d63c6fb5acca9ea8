import { expect, it } from 'vitest';
import { sayPolicies } from '../../src/cli/say-policies.ts';

it('tells policies in words, and leaves out what is not there', () => {
  const policies = {
    timeout: '30s',
    deadline: null,
    retry: { attempts: 3, backoff: '10s' },
    overlap: 'queue_one',
    catch_up: 'latest',
    catch_up_window: '1d',
    priority: 0,
    concurrency: null,
    budget: { usd_per_day: 2, on_limit: 'wait' },
    ends_after_success: true,
    retention: { runs: 10, age: '90d' },
  };
  expect(sayPolicies(policies).filter(([, value]) => value !== '')).toEqual([
    ['Timeout', '30s'],
    ['Retries', '2, the first after 10s'],
    ['Overlap', 'queue_one'],
    ['Catch-up', 'latest, up to 1d late'],
    ['Budget', 'usd per day 2, on limit wait'],
    ['Ends', 'after its first success'],
    ['Kept', 'the last 10 runs, up to 90d'],
  ]);
});
