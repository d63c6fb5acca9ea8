import type { Clock } from '../../src/ports/clock.ts';
import type { SecretListing, Secrets } from '../../src/ports/secrets.ts';

/** Secrets that live as long as the test. */
export function memorySecrets(clock: Clock): Secrets {
  const kept = new Map<string, { readonly value: string; readonly listing: SecretListing }>();
  return {
    set: async (name, value) => {
      const now = clock.now();
      const createdAt = kept.get(name)?.listing.createdAt ?? now;
      kept.set(name, { value, listing: { name, createdAt, updatedAt: now } });
    },
    remove: async (name) => kept.delete(name),
    list: async () => [...kept.values()].map(({ listing }) => listing),
    resolve: async (names) =>
      new Map(
        names.flatMap((name) => {
          const found = kept.get(name);
          return found === undefined ? [] : [[name, found.value] as const];
        }),
      ),
  };
}
