import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import type { SealedRecords } from '../sealed-records.ts';

/** The key that signs access tokens: P-256, for ES256. */
export type SigningKey = {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** As JWK (RFC 7517), with the private part. */
  readonly jwk: Readonly<Record<string, unknown>>;
};

const KIND = 'signing_key';
const NAME = 'current';
const KID_BYTES = 12;

/** The one in the store; made when there is none, by whichever process is first. */
export async function openSigningKey(records: SealedRecords): Promise<SigningKey> {
  const known = await records.find(KIND, NAME);
  if (known !== undefined) return keyOf(known.value);
  // One that cannot be opened was sealed with another key: its tokens are worth nothing either.
  const made = makeJwk();
  if (!(await records.insert(KIND, NAME, made, {}))) {
    const other = await records.find(KIND, NAME);
    if (other !== undefined) return keyOf(other.value);
    await records.put(KIND, NAME, made, {});
  }
  return keyOf(made);
}

function makeJwk(): Record<string, unknown> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kid = randomBytes(KID_BYTES).toString('base64url');
  return { ...privateKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' };
}

function keyOf(value: unknown): SigningKey {
  const jwk = value as Record<string, unknown>;
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
  return { kid: String(jwk['kid']), privateKey, publicKey: createPublicKey(privateKey), jwk };
}
