import { randomBytes } from 'node:crypto';
import { Refusal } from '../domain/refusal.ts';
import type { Clock } from '../ports/clock.ts';
import type { SecretRow, SecretRows, Secrets } from '../ports/secrets.ts';
import { keyFile } from './key-file.ts';
import {
  addDataKey,
  changeMasterKey,
  findKeyRing,
  findOrMakeKeyRing,
  removeDataKeys,
  type KeyRing,
} from './key-ring.ts';
import { openUnder, sealUnder } from './passphrase.ts';
import { seal, sealedKeyId, unseal, type Random } from './seal.ts';

export type VaultOptions = {
  /** Path of the master key: outside the database, and not in its backups. */
  readonly keyFile: string;
  /** Whether that file is handed to us, and neither made nor changed by us. */
  readonly isKeyReadOnly?: boolean;
  /** Path of the key before, from which the secrets move to that one. */
  readonly previousKeyFile?: string | undefined;
  readonly rows: SecretRows;
  readonly clock: Clock;
  readonly random?: Random;
};

const SECRET_NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/;
const SECRET_BYTES_MAX = 64 * 1024;
/** Secrets that are sealed anew between two looks at the database. */
const RESEALED_AT_ONCE = 100;

/**
 * Opens the vault, and goes on with a rotation that was interrupted. It opens without its key too, and
 * then refuses to read and to write as `unavailable`: tasks that need no secret must be able to run.
 */
export async function openVault(options: VaultOptions): Promise<Secrets> {
  const { rows, clock, random = randomBytes } = options;
  const source = keyFile(
    {
      path: options.keyFile,
      isReadOnly: options.isKeyReadOnly ?? false,
      previous: options.previousKeyFile,
    },
    random,
  );
  // Kept once it was found; a vault that could not be opened is tried again, so that a mended key works at once.
  let known: KeyRing | undefined;
  const oneAtATime = createQueue();

  const finishRotation = async (): Promise<number> => {
    known = await findKeyRing(rows, source, random);
    return known === undefined || known.byId.size < 2 ? 0 : moveToActive(rows, known, random);
  };
  await oneAtATime(finishRotation).catch((error: unknown) => {
    if (!(error instanceof Refusal)) throw error;
  });

  const resolve = async (names: readonly string[]): Promise<ReadonlyMap<string, string>> => {
    const found = names.length === 0 ? [] : await rows.get([...new Set(names)]);
    if (found.length === 0) return new Map();
    known ??= await findKeyRing(rows, source, random);
    const ring = known;
    if (ring === undefined) throw damaged(found[0]?.name ?? '');
    return new Map(found.map((row) => [row.name, unsealRow(ring, row)]));
  };

  return {
    set: (name, value, grants) =>
      oneAtATime(async () => {
        const plain = checkSecret(name, value);
        known ??= await findOrMakeKeyRing(rows, source, random);
        const now = clock.now();
        const [before] = await rows.get([name]);
        const sealed = seal(known.active, identityOf(name), plain, random);
        const row = { name, sealed, createdAt: before?.createdAt ?? now, updatedAt: now };
        await rows.put(row, grants);
      }),
    remove: (name) => oneAtATime(() => rows.remove(name)),
    list: () => rows.list(),
    setGrants: (name, grants) => rows.setGrants(name, grants),
    noteUse: (names, by) => rows.noteUse(names, by, clock.now()),
    resolve,
    exportSealed: async (passphrase) => {
      const names = (await rows.list()).map(({ name }) => name);
      return sealUnder(passphrase, await resolve(names));
    },
    openSealed: async (sealed, passphrase) => openUnder(passphrase, sealed),
    rotateDataKey: () =>
      oneAtATime(async () => {
        await finishRotation();
        known = await addDataKey(rows, source, random);
        const resealed = await moveToActive(rows, known, random);
        return { resealed };
      }),
    rotateMasterKey: () =>
      oneAtATime(async () => {
        known = undefined;
        await changeMasterKey(rows, source, random);
        known = await findKeyRing(rows, source, random);
      }),
  };
}

/** Does one thing after the other: what is set while a key is replaced must be sealed by the new one. */
function createQueue(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work, work);
    last = done.catch(() => undefined);
    return done;
  };
}

/**
 * Seals every value under the active key, then removes the keys that nothing needs any more. A value
 * that cannot be opened stays as it is, and its key with it.
 *
 * @returns how many values were sealed anew.
 */
async function moveToActive(rows: SecretRows, ring: KeyRing, random: Random): Promise<number> {
  const names = (await rows.list()).map(({ name }) => name);
  const needed = new Set<number>([ring.active.id]);
  let resealed = 0;
  for (let at = 0; at < names.length; at += RESEALED_AT_ONCE) {
    for (const row of await rows.get(names.slice(at, at + RESEALED_AT_ONCE))) {
      const keyId = sealedKeyId(row.sealed);
      if (keyId === ring.active.id) continue;
      const plain = plainOf(ring, row);
      const moved = plain && seal(ring.active, identityOf(row.name), plain, random);
      const isMoved =
        moved !== undefined && (await rows.replaceSealed(row.name, row.sealed, moved));
      if (isMoved) resealed += 1;
      else if (keyId !== undefined) needed.add(keyId);
    }
  }
  await removeDataKeys(
    rows,
    [...ring.byId.keys()].filter((id) => !needed.has(id)),
  );
  return resealed;
}

function checkSecret(name: string, value: string): Buffer {
  if (!SECRET_NAME.test(name)) {
    throw new Refusal(
      'invalid',
      'A secret is named by a letter or "_" and up to 63 more letters, digits, "_", "." or "-".',
    );
  }
  if (!value.isWellFormed()) {
    throw new Refusal('invalid', 'The value of a secret is text; encode other data as base64.');
  }
  const plain = Buffer.from(value, 'utf8');
  if (plain.length > SECRET_BYTES_MAX) {
    const message = `The value of a secret may have up to ${SECRET_BYTES_MAX} bytes. Keep larger data in a file.`;
    throw new Refusal('invalid', message);
  }
  return plain;
}

function unsealRow(ring: KeyRing, row: SecretRow): string {
  const plain = plainOf(ring, row);
  if (plain === undefined) throw damaged(row.name);
  return plain.toString('utf8');
}

function plainOf(ring: KeyRing, { name, sealed }: SecretRow): Buffer | undefined {
  const key = ring.byId.get(sealedKeyId(sealed) ?? -1);
  return key && unseal(key, identityOf(name), sealed);
}

/** What a sealed value belongs to, so that it cannot be moved to another name. */
function identityOf(name: string): string {
  return `secrets|${name}|value`;
}

function damaged(name: string): Refusal {
  return new Refusal(
    'unavailable',
    `The secret "${name}" cannot be decrypted: what is stored was changed or damaged.`,
    'Set the secret again, or restore the database from a backup.',
  );
}
