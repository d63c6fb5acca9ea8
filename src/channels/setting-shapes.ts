import { z } from 'zod';

const SECRET_NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/;
const URL_CHARS_MAX = 2_048;
const PATH_CHARS_MAX = 4_096;

const SHORT_CHARS_MAX = 200;

/** The name of a secret in the vault. */
export const secretName = z.string().regex(SECRET_NAME, 'must be the name of a secret');

/** A file that holds a secret and nothing else. */
export const secretFile = z
  .string()
  .max(PATH_CHARS_MAX)
  .regex(/^(?:\/|~\/|[A-Za-z]:[\\/]|\\\\)[^\0]*$/, 'must be a path from the root or from ~/');

export const address = z
  .string()
  .max(URL_CHARS_MAX)
  .refine(isAddress, 'must be an address with https:// or http:// and no user name in it');

export const short = z
  .string()
  .min(1)
  .max(SHORT_CHARS_MAX)
  .refine((text) => !/[\0\r\n]/.test(text), 'must be one line');

export const soundName = z
  .string()
  .regex(/^[A-Za-z0-9 ._-]{1,64}$/, 'must be the name of a sound, or "none"');

function isAddress(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return false;
  return url.username === '' && url.password === '';
}
