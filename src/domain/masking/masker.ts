import { secretForms } from './secret-forms.ts';

/** Replaces secrets in a stream of bytes by `***`, also where a secret is cut between two chunks. */
export type Masker = {
  /** The masked bytes that are certain by now. At most PATTERN_BYTES_MAX - 1 bytes are held back. */
  push(bytes: Uint8Array): Uint8Array;
  /**
   * Says that bytes are left out between what was pushed and what comes next. Answers with what was
   * held back, where the beginning of a secret is masked as if it were whole; so is the end of one
   * that comes next.
   */
  gap(): Uint8Array;
  /** What is left when the stream has ended. Nothing may be pushed afterwards. */
  end(): Uint8Array;
};

/**
 * A masker of these secrets in all the forms of `secretForms`. Matches that overlap become one mask.
 * Reversed, compressed, encrypted or re-wrapped secrets are not recognised: masking prevents
 * accidents, it does not stop a program that wants to tell.
 */
export function createMasker(secrets: Iterable<string>): Masker {
  const patterns = cutIntoPieces(secretForms(secrets));
  if (patterns.length === 0) return IDENTITY;
  return patternMasker(indexPatterns(patterns));
}

/** `text` with the secrets masked: for messages, headers and other short texts. */
export function maskText(text: string, secrets: Iterable<string>): string {
  const masker = createMasker(secrets);
  if (masker === IDENTITY) return text;
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return (
    decoder.decode(masker.push(ENCODER.encode(text)), { stream: true }) +
    decoder.decode(masker.end())
  );
}

/**
 * Longer forms are looked for in pieces of this length, which bounds what is held back and what one
 * comparison can cost. A whole secret is then a row of pieces, and every piece is masked.
 */
export const PATTERN_BYTES_MAX = 256;

/** No form is shorter: the index is over the first four bytes. */
const PREFIX_BYTES = 4;

/** A secret cut off by a gap or by the end is masked from this many bytes on. */
const PARTIAL_BYTES_MIN = 6;

const ENCODER = new TextEncoder();
const MASK = ENCODER.encode('***');
const EMPTY = new Uint8Array(0);

const IDENTITY: Masker = { push: (bytes) => bytes, gap: () => EMPTY, end: () => EMPTY };

function cutIntoPieces(forms: Iterable<string>): readonly Uint8Array[] {
  const pieces = new Map<string, Uint8Array>();
  for (const form of forms) {
    const bytes = ENCODER.encode(form);
    for (let start = 0; start < bytes.length; start += PATTERN_BYTES_MAX) {
      // The last piece reaches back so that it is as long as the others.
      const from = Math.max(0, Math.min(start, bytes.length - PATTERN_BYTES_MAX));
      const piece = bytes.subarray(from, from + PATTERN_BYTES_MAX);
      pieces.set(piece.toString(), piece);
    }
  }
  return [...pieces.values()];
}

type PatternIndex = {
  readonly patterns: readonly Uint8Array[];
  readonly bytesMax: number;
  /** 1 where two bytes are the beginning of a pattern: nearly every position ends here. */
  readonly pairs: Uint8Array;
  readonly firsts: Uint8Array;
  readonly triples: ReadonlySet<number>;
  /** Patterns by their first four bytes, longest first. */
  readonly byPrefix: ReadonlyMap<number, readonly Uint8Array[]>;
};

function indexPatterns(patterns: readonly Uint8Array[]): PatternIndex {
  const pairs = new Uint8Array(65_536);
  const firsts = new Uint8Array(256);
  const triples = new Set<number>();
  const byPrefix = new Map<number, Uint8Array[]>();
  let bytesMax = 0;
  for (const pattern of patterns) {
    bytesMax = Math.max(bytesMax, pattern.length);
    firsts[at(pattern, 0)] = 1;
    pairs[pairAt(pattern, 0)] = 1;
    triples.add(pairAt(pattern, 0) | (at(pattern, 2) << 16));
    const prefix = prefixAt(pattern, 0);
    const same = byPrefix.get(prefix);
    if (same === undefined) byPrefix.set(prefix, [pattern]);
    else same.push(pattern);
  }
  for (const same of byPrefix.values()) same.sort((a, b) => b.length - a.length);
  return { patterns, bytesMax, pairs, firsts, triples, byPrefix };
}

function patternMasker(index: PatternIndex): Masker {
  let held: Uint8Array = EMPTY;
  // How many bytes at the start of `held` belong to a mask that has been written already.
  let masked = 0;
  // Whether what comes next follows a gap, and may be the end of a secret.
  let isAfterGap = false;

  function push(bytes: Uint8Array): Uint8Array {
    const all = held.length === 0 ? bytes : concat(held, bytes);
    if (isAfterGap && all.length < index.bytesMax) {
      held = new Uint8Array(all);
      return EMPTY;
    }
    const cutOff = isAfterGap ? maskEnd(all) : EMPTY;
    const until = certainUntil(index, all);
    const out = maskUntil(index, all, until, masked);
    masked = Math.max(0, out.maskedUntil - until);
    // A copy: the caller may use its buffer again.
    held = until === all.length ? EMPTY : new Uint8Array(all.subarray(until));
    return cutOff.length === 0 ? out.bytes : concat(cutOff, out.bytes);
  }

  /** @returns the mask of a secret whose end `bytes` begins with. */
  function maskEnd(bytes: Uint8Array): Uint8Array {
    isAfterGap = false;
    masked = endLength(index, bytes);
    return masked === 0 ? EMPTY : MASK;
  }

  function flush(): Uint8Array {
    if (isAfterGap) {
      const cutOff = maskEnd(held);
      const until = certainUntil(index, held);
      const out = maskUntil(index, held, until, masked);
      masked = Math.max(0, out.maskedUntil - until);
      held = held.subarray(until);
      return concat(concat(cutOff, out.bytes), flush());
    }
    const partialBytes = held.length - masked;
    const rest = maskUntil(index, held, held.length, masked).bytes;
    held = EMPTY;
    masked = 0;
    return partialBytes >= PARTIAL_BYTES_MIN ? MASK : rest;
  }

  function gap(): Uint8Array {
    const rest = flush();
    isAfterGap = true;
    return rest;
  }

  return { push, gap, end: flush };
}

/** How many bytes at the start are the end of a pattern, of those that are long enough to tell. */
function endLength({ patterns }: PatternIndex, bytes: Uint8Array): number {
  let longest = 0;
  for (const pattern of patterns) {
    const lengthMax = Math.min(pattern.length - 1, bytes.length);
    for (let length = lengthMax; length >= PARTIAL_BYTES_MIN && length > longest; length -= 1) {
      if (beginsWith(bytes, pattern, pattern.length - length)) longest = length;
    }
  }
  return longest;
}

/** Whether `bytes` begins with all of the pattern from `from` on. */
function beginsWith(bytes: Uint8Array, pattern: Uint8Array, from: number): boolean {
  for (let position = from; position < pattern.length; position += 1) {
    if (pattern[position] !== bytes[position - from]) return false;
  }
  return true;
}

/** Where the first tail begins that may become a match when more bytes come. */
function certainUntil(index: PatternIndex, bytes: Uint8Array): number {
  for (
    let start = Math.max(0, bytes.length - index.bytesMax + 1);
    start < bytes.length;
    start += 1
  ) {
    if (mayBegin(index, bytes, start)) return start;
  }
  return bytes.length;
}

/** Whether everything from `start` on is a proper prefix of a pattern. */
function mayBegin(index: PatternIndex, bytes: Uint8Array, start: number): boolean {
  const left = bytes.length - start;
  if (left === 1) return index.firsts[at(bytes, start)] === 1;
  if (index.pairs[pairAt(bytes, start)] === 0) return false;
  if (left === 2) return true;
  if (left === 3) return index.triples.has(pairAt(bytes, start) | (at(bytes, start + 2) << 16));
  for (const pattern of index.byPrefix.get(prefixAt(bytes, start)) ?? []) {
    if (pattern.length > left && isSame(pattern, bytes, start, left)) return true;
  }
  return false;
}

/** `bytes` up to `until`, masked. The first `masked` bytes are under a mask that was written before. */
function maskUntil(
  index: PatternIndex,
  bytes: Uint8Array,
  until: number,
  masked: number,
): { readonly bytes: Uint8Array; readonly maskedUntil: number } {
  let out: Uint8Array | undefined;
  let written = 0;
  let copiedUntil = Math.min(masked, until);
  let maskedUntil = masked;
  const { pairs } = index;
  for (let position = 0; position < until; position += 1) {
    if (pairs[pairAt(bytes, position)] === 0) continue;
    const length = matchAt(index, bytes, position);
    if (length === 0) continue;
    if (position >= maskedUntil) {
      out ??= new Uint8Array(bytes.length);
      out.set(bytes.subarray(copiedUntil, position), written);
      written += position - copiedUntil;
      out.set(MASK, written);
      written += MASK.length;
    }
    maskedUntil = Math.max(maskedUntil, position + length);
    copiedUntil = Math.min(maskedUntil, until);
  }
  if (out === undefined) return { bytes: bytes.subarray(copiedUntil, until), maskedUntil };
  out.set(bytes.subarray(copiedUntil, until), written);
  return { bytes: out.subarray(0, written + until - copiedUntil), maskedUntil };
}

/** Length of the longest pattern at `position`, or 0. */
function matchAt(index: PatternIndex, bytes: Uint8Array, position: number): number {
  if (position + PREFIX_BYTES > bytes.length) return 0;
  const candidates = index.byPrefix.get(prefixAt(bytes, position));
  if (candidates === undefined) return 0;
  for (const pattern of candidates) {
    if (
      position + pattern.length <= bytes.length &&
      isSame(pattern, bytes, position, pattern.length)
    ) {
      return pattern.length;
    }
  }
  return 0;
}

/** Whether the first `length` bytes of the pattern stand in `bytes` at `start`; the prefix is known to. */
function isSame(pattern: Uint8Array, bytes: Uint8Array, start: number, length: number): boolean {
  for (let offset = PREFIX_BYTES; offset < length; offset += 1) {
    if (pattern[offset] !== bytes[start + offset]) return false;
  }
  return true;
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

function at(bytes: Uint8Array, position: number): number {
  return bytes[position] ?? 0;
}

function pairAt(bytes: Uint8Array, position: number): number {
  return at(bytes, position) | (at(bytes, position + 1) << 8);
}

function prefixAt(bytes: Uint8Array, position: number): number {
  return pairAt(bytes, position) | (pairAt(bytes, position + 2) << 16);
}
