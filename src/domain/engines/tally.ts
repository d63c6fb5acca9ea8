import type { Usage } from '../outcome.ts';
import { costOf } from '../prices.ts';

export const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0 };

export function addUsage(one: Usage, other: Usage): Usage {
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    cachedTokens: one.cachedTokens + other.cachedTokens,
  };
}

/** What was used since `before`; never less than nothing. */
export function usageSince(total: Usage, before: Usage): Usage {
  return {
    inputTokens: Math.max(0, total.inputTokens - before.inputTokens),
    outputTokens: Math.max(0, total.outputTokens - before.outputTokens),
    cachedTokens: Math.max(0, total.cachedTokens - before.cachedTokens),
  };
}

/** What is used while it is being used: by request, since figures of a request are told more than once. */
export class Tally {
  readonly #requests = new Map<string, { model: string | undefined; usage: Usage }>();

  /** @param request names the request whose figures these are, so far. */
  set(request: string, model: string | undefined, usage: Usage): void {
    // Those that ended long ago are taken together, so that the tally stays small.
    if (this.#requests.size >= REQUESTS_MAX && !this.#requests.has(request)) this.#fold();
    this.#requests.set(request, { model, usage });
  }

  get isEmpty(): boolean {
    return this.#requests.size === 0;
  }

  get usage(): Usage {
    return [...this.#requests.values()].map(({ usage }) => usage).reduce(addUsage, NO_USAGE);
  }

  /** At list prices; absent when one of the models has none. */
  get costByModel(): Readonly<Record<string, number>> | undefined {
    const costs: Record<string, number> = {};
    for (const { model, usage } of this.#requests.values()) {
      const cost = model === undefined ? undefined : costOf(model, usage);
      if (cost === undefined || model === undefined) return undefined;
      costs[model] = (costs[model] ?? 0) + cost;
    }
    return costs;
  }

  #fold(): void {
    const folded = new Map<string | undefined, Usage>();
    for (const { model, usage } of this.#requests.values()) {
      folded.set(model, addUsage(folded.get(model) ?? NO_USAGE, usage));
    }
    this.#requests.clear();
    for (const [model, usage] of folded) {
      this.#requests.set(`earlier ${model ?? ''}`, { model, usage });
    }
  }
}

const REQUESTS_MAX = 256;

export function sumOf(costs: Readonly<Record<string, number>>): number {
  return Object.values(costs).reduce((sum, cost) => sum + cost, 0);
}
