import { createHash } from 'node:crypto';
import { Refusal } from '../domain/refusal.ts';

// The tag of a task is its revision, which every change of it moves. What is read of a task holds
// more than its revision tells, such as its latest runs, so there a digest follows.

/** For `If-Match` of a later request. */
export function revisionTag(revision: number): string {
  return `"${revision}"`;
}

/** For `If-None-Match` too: it changes with everything on the page. */
export function pageTag(revision: number, body: string): string {
  const digest = createHash('sha256').update(body).digest('base64url').slice(0, DIGEST_CHARS);
  return `"${revision}.${digest}"`;
}

const DIGEST_CHARS = 16;

/** The revision that an `If-Match` names; `undefined` for `*`, which any task matches. */
export function revisionOfTag(header: string): number | undefined {
  if (header.trim() === '*') return undefined;
  // Proxies that compress make tags weak.
  const revision = /^\s*(?:W\/)?"(\d{1,15})(?:\.[\w-]{1,64})?"\s*$/.exec(header)?.[1];
  if (revision !== undefined) return Number(revision);
  throw new Refusal(
    'invalid',
    '"If-Match" is not the tag of a task.',
    'Send one tag as it came in "ETag", or the revision in quotes.',
  );
}

export function isTagNamed(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((one) => {
    const named = one.trim().replace(/^W\//, '');
    return named === '*' || named === tag;
  });
}
