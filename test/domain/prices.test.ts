import { describe, expect, it } from 'vitest';
import { costOf, PRICES_DATE } from '../../src/domain/prices.ts';

const MILLION = { inputTokens: 1_000_000, outputTokens: 0, cachedTokens: 0 };

describe('the price table', () => {
  it.each([
    'claude-sonnet-4-5',
    'claude-sonnet-4-5-20250929',
    'claude-sonnet-4-5@20250929',
    'claude-sonnet-4-5[1m]',
    'anthropic/claude-sonnet-4-5',
    'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'anthropic.claude-sonnet-4-5-20250929-v1:0',
  ])('knows a model by the names that clouds and routers give it: %s', (name) => {
    expect(costOf(name, MILLION)).toBe(3);
  });

  it('does not take one model for another', () => {
    expect(costOf('gpt-5-mini', MILLION)).toBe(0.25);
    expect(costOf('gpt-5-2025-08-07', MILLION)).toBe(1.25);
    expect(costOf('gpt-5-of-a-kind', MILLION)).toBeUndefined();
    expect(costOf('llama3.2:3b', MILLION)).toBeUndefined();
    expect(costOf('constructor', MILLION)).toBeUndefined();
  });

  it('counts tokens read from a cache once, and at their own price', () => {
    const usage = { inputTokens: 1_000, outputTokens: 100, cachedTokens: 900 };
    expect(costOf('gpt-4.1', usage)).toBeCloseTo((100 * 2 + 900 * 0.5 + 100 * 8) / 1e6, 12);
  });

  it('says from which day it is', () => {
    expect(Temporal.PlainDate.from(PRICES_DATE).toString()).toBe(PRICES_DATE);
  });
});
