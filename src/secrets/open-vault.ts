import { randomBytes } from 'node:crypto';
import { Refusal } from '../domain/refusal.ts';
import type { Clock } from '../ports/clock.ts';
import type { SecretRow, SecretRows, Secrets } from '../ports/secrets.ts';
import { findDataKey, findOrMakeDataKey, type DataKey } from './data-key.ts';
import { keyFile } from './key-file.ts';
import { seal, sealedKeyId, unseal, type Random } from './seal.ts';

export type VaultOptions = {
  /** Path of the master key: outside the database, and not in its backups. */
  readonly keyFile: string;
  readonly rows: SecretRows;
  readonly clock: Clock;
  readonly random?: Random;
};

const SECRET_NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/;
const SECRET_BYTES_MAX = 64 * 1024;

/**
 * Opens the vault. It opens without its key too, and then refuses to read and to write as
 * `unavailable`: tasks that need no secret must be able to run.
 */
export function openVault(options: VaultOptions): Promise<Secrets> {
  const { rows, clock, random = randomBytes } = options;
  const source = keyFile(options.keyFile, random);
  // Kept once it was found; a vault that could not be opened is tried again, so that a mended key works at once.
  let known: DataKey | undefined;

  return Promise.resolve({
    async set(name, value) {
      const plain = checkSecret(name, value);
      known ??= await findOrMakeDataKey(rows, source, random);
      const now = clock.now();
      const [before] = await rows.get([name]);
      const sealed = seal(known, identityOf(name), plain, random);
      await rows.put({ name, sealed, createdAt: before?.createdAt ?? now, updatedAt: now });
    },
    remove: (name) => rows.remove(name),
    list: () => rows.list(),
    async resolve(names) {
      const found = names.length === 0 ? [] : await rows.get([...new Set(names)]);
      if (found.length === 0) return new Map();
      known ??= await findDataKey(rows, source);
      const dataKey = known;
      if (dataKey === undefined) throw damaged(found[0]?.name ?? '');
      return new Map(found.map((row) => [row.name, unsealRow(dataKey, row)]));
    },
  });
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

function unsealRow(dataKey: DataKey, row: SecretRow): string {
  if (sealedKeyId(row.sealed) !== dataKey.id) throw damaged(row.name);
  const plain = unseal(dataKey, identityOf(row.name), row.sealed);
  if (plain === undefined) throw damaged(row.name);
  return plain.toString('utf8');
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
