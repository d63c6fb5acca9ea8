import type { Usage } from './outcome.ts';

/** The day as of which the prices below are those of the providers' public price lists. */
export const PRICES_DATE = '2026-10-27';

/** US dollars for a million tokens. */
type Price = { readonly input: number; readonly output: number; readonly cached: number };

/**
 * What this much use of a model costs in US dollars at list price, so far as counts tell: without
 * discounts, and without what writing to a cache, long prompts or faster service cost extra. A model
 * that is not in the table has no price.
 */
export function costOf(model: string, usage: Usage): number | undefined {
  const price = PRICES.get(plainName(model));
  if (price === undefined) return undefined;
  const cached = Math.min(usage.cachedTokens, usage.inputTokens);
  const millionths =
    (usage.inputTokens - cached) * price.input +
    cached * price.cached +
    usage.outputTokens * price.output;
  return millionths / TOKENS_PER_PRICE;
}

const TOKENS_PER_PRICE = 1_000_000;

/**
 * The name by which the table knows a model: without the vendor or region that routers and clouds put
 * before it (`us.anthropic.`, `openai/`), and without date, version and size of the window after it.
 */
function plainName(model: string): string {
  return model
    .toLowerCase()
    .replace(/^.*\//, '')
    .replace(/^(?:[a-z-]+\.)?anthropic\./, '')
    .replace(/\[\d+m\]$/, '')
    .replace(/(?:-v\d+)?(?::\d+)?$/, '')
    .replace(/[-@](?:\d{8}|\d{4}-\d{2}-\d{2}|latest)$/, '');
}

const PRICES: ReadonlyMap<string, Price> = new Map([
  ['claude-fable-5-1', { input: 10, output: 50, cached: 0.25 }],
  ['claude-fable-5', { input: 10, output: 50, cached: 1 }],
  ['claude-opus-5-5', { input: 4, output: 20, cached: 0.2 }],
  ['claude-opus-5', { input: 5, output: 25, cached: 0.5 }],
  ['claude-opus-4-8', { input: 5, output: 25, cached: 0.5 }],
  ['claude-opus-4-7', { input: 5, output: 25, cached: 0.5 }],
  ['claude-opus-4-6', { input: 5, output: 25, cached: 0.5 }],
  ['claude-opus-4-5', { input: 5, output: 25, cached: 0.5 }],
  ['claude-opus-4-1', { input: 15, output: 75, cached: 1.5 }],
  ['claude-opus-4-0', { input: 15, output: 75, cached: 1.5 }],
  ['claude-opus-4', { input: 15, output: 75, cached: 1.5 }],
  ['claude-sonnet-5-5', { input: 2, output: 10, cached: 0.1 }],
  ['claude-sonnet-5', { input: 2, output: 10, cached: 0.2 }],
  ['claude-sonnet-4-6', { input: 3, output: 15, cached: 0.3 }],
  ['claude-sonnet-4-5', { input: 3, output: 15, cached: 0.3 }],
  ['claude-sonnet-4-0', { input: 3, output: 15, cached: 0.3 }],
  ['claude-sonnet-4', { input: 3, output: 15, cached: 0.3 }],
  ['claude-haiku-5-5', { input: 0.1, output: 0.5, cached: 0.01 }],
  ['claude-haiku-4-5', { input: 1, output: 5, cached: 0.1 }],
  ['claude-3-5-haiku', { input: 0.8, output: 4, cached: 0.08 }],
  ['gpt-6-astra', { input: 10, output: 50, cached: 1 }],
  ['gpt-6.1-sol', { input: 2, output: 10, cached: 0.1 }],
  ['gpt-6.1-terra', { input: 1, output: 5, cached: 0.05 }],
  ['gpt-6-sol', { input: 2, output: 10, cached: 0.2 }],
  ['gpt-6-luna', { input: 0.1, output: 0.5, cached: 0.01 }],
  ['gpt-5.6-sol', { input: 4, output: 20, cached: 0.4 }],
  ['gpt-5.6-terra', { input: 2, output: 12, cached: 0.2 }],
  ['gpt-5.6-luna', { input: 0.2, output: 1.2, cached: 0.02 }],
  ['gpt-5.5', { input: 5, output: 30, cached: 0.5 }],
  ['gpt-5.4', { input: 2.5, output: 15, cached: 0.25 }],
  ['gpt-5.4-mini', { input: 0.75, output: 4.5, cached: 0.075 }],
  ['gpt-5.4-nano', { input: 0.2, output: 1.25, cached: 0.02 }],
  ['gpt-5.2', { input: 1.75, output: 14, cached: 0.175 }],
  ['gpt-5.2-codex', { input: 1.75, output: 14, cached: 0.175 }],
  ['gpt-5.1', { input: 1.25, output: 10, cached: 0.125 }],
  ['gpt-5.1-codex', { input: 1.25, output: 10, cached: 0.125 }],
  ['gpt-5.1-codex-mini', { input: 0.25, output: 2, cached: 0.025 }],
  ['gpt-5', { input: 1.25, output: 10, cached: 0.125 }],
  ['gpt-5-codex', { input: 1.25, output: 10, cached: 0.125 }],
  ['gpt-5-mini', { input: 0.25, output: 2, cached: 0.025 }],
  ['gpt-5-nano', { input: 0.05, output: 0.4, cached: 0.005 }],
  ['gpt-4.1', { input: 2, output: 8, cached: 0.5 }],
  ['gpt-4.1-mini', { input: 0.4, output: 1.6, cached: 0.1 }],
  ['gpt-4.1-nano', { input: 0.1, output: 0.4, cached: 0.025 }],
  ['gpt-4o', { input: 2.5, output: 10, cached: 1.25 }],
  ['gpt-4o-mini', { input: 0.15, output: 0.6, cached: 0.075 }],
  ['o3', { input: 2, output: 8, cached: 0.5 }],
  ['o4-mini', { input: 1.1, output: 4.4, cached: 0.275 }],
  ['gemini-3.8-flash', { input: 0.75, output: 3.75, cached: 0.075 }],
  ['gemini-3.5-flash', { input: 1.5, output: 9, cached: 0.15 }],
  ['gemini-3.5-flash-lite', { input: 0.3, output: 2.5, cached: 0.03 }],
  ['gemini-3.1-pro-preview', { input: 2, output: 12, cached: 0.2 }],
  ['gemini-3-pro-preview', { input: 2, output: 12, cached: 0.2 }],
  ['gemini-2.5-pro', { input: 1.25, output: 10, cached: 0.125 }],
  ['gemini-2.5-flash', { input: 0.3, output: 2.5, cached: 0.03 }],
  ['gemini-2.5-flash-lite', { input: 0.1, output: 0.4, cached: 0.01 }],
]);
