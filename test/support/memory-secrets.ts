import { FOR_EVERYTHING } from '../../src/domain/secrets/secret-grants.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { SecretListing, Secrets } from '../../src/ports/secrets.ts';
import { openUnder, sealUnder } from '../../src/secrets/passphrase.ts';

/** Secrets that live as long as the test. */
export function memorySecrets(clock: Clock): Secrets {
  const kept = new Map<string, { readonly value: string; readonly listing: SecretListing }>();
  const change = (name: string, changed: Partial<SecretListing>): boolean => {
    const found = kept.get(name);
    if (found === undefined) return false;
    kept.set(name, { ...found, listing: { ...found.listing, ...changed } });
    return true;
  };
  return {
    set: async (name, value, grants) => {
      const now = clock.now();
      const before = kept.get(name)?.listing;
      const listing = {
        name,
        createdAt: before?.createdAt ?? now,
        updatedAt: now,
        grants: grants ?? before?.grants ?? FOR_EVERYTHING,
        lastUse: before?.lastUse,
      };
      kept.set(name, { value, listing });
    },
    remove: async (name) => kept.delete(name),
    list: async () => [...kept.values()].map(({ listing }) => listing),
    setGrants: async (name, grants) => change(name, { grants }),
    noteUse: async (names, by) => {
      for (const name of names) change(name, { lastUse: { ...by, at: clock.now() } });
    },
    rotateDataKey: async () => ({ resealed: kept.size }),
    rotateMasterKey: async () => {},
    exportSealed: async (passphrase) =>
      sealUnder(passphrase, new Map([...kept].map(([name, { value }]) => [name, value]))),
    openSealed: async (sealed, passphrase) => openUnder(passphrase, sealed),
    resolve: async (names) =>
      new Map(
        names.flatMap((name) => {
          const found = kept.get(name);
          return found === undefined ? [] : [[name, found.value] as const];
        }),
      ),
  };
}
