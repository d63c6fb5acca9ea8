import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { Refusal } from '../domain/refusal.ts';
import { KEY_BYTES } from './seal.ts';

const PASSPHRASE_CHARS_MIN = 8;
/** About half a second and 128 MiB for one guess. */
const COST = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 } as const;
const MAGIC = 'carillon-secrets-1';
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Values under a passphrase: scrypt, then AES-256-GCM; as one line of text. */
export async function sealUnder(
  passphrase: string,
  values: ReadonlyMap<string, string>,
): Promise<string> {
  if (passphrase.length < PASSPHRASE_CHARS_MIN) {
    throw new Refusal(
      'invalid',
      `The passphrase has fewer than ${PASSPHRASE_CHARS_MIN} characters. Choose a longer one.`,
    );
  }
  const salt = randomBytes(SALT_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', await keyOf(passphrase, salt), nonce);
  cipher.setAAD(Buffer.from(MAGIC));
  const plain = Buffer.from(JSON.stringify([...values]), 'utf8');
  const text = Buffer.concat([cipher.update(plain), cipher.final()]);
  const sealed = Buffer.concat([salt, nonce, cipher.getAuthTag(), text]);
  return `${MAGIC}:${sealed.toString('base64')}`;
}

/** The inverse. Refuses another passphrase and a text that was changed. */
export async function openUnder(
  passphrase: string,
  sealed: string,
): Promise<ReadonlyMap<string, string>> {
  const [magic, text = ''] = sealed.split(':', 2);
  const bytes = Buffer.from(text, 'base64');
  const nonceAt = SALT_BYTES;
  const tagAt = nonceAt + NONCE_BYTES;
  const textAt = tagAt + TAG_BYTES;
  if (magic !== MAGIC || bytes.length < textAt) throw wrong();
  const key = await keyOf(passphrase, bytes.subarray(0, nonceAt));
  const options = { authTagLength: TAG_BYTES };
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(nonceAt, tagAt), options);
  decipher.setAAD(Buffer.from(MAGIC));
  decipher.setAuthTag(bytes.subarray(tagAt, textAt));
  try {
    const plain = Buffer.concat([decipher.update(bytes.subarray(textAt)), decipher.final()]);
    return new Map(JSON.parse(plain.toString('utf8')) as [string, string][]);
  } catch {
    throw wrong();
  }
}

/** Off the event loop. */
function keyOf(passphrase: string, salt: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), salt, KEY_BYTES, COST, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

function wrong(): Refusal {
  return new Refusal(
    'invalid',
    'The secrets of the file do not open: the passphrase is another one, or the file was changed.',
  );
}
