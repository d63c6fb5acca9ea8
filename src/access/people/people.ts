import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../ports/clock.ts';
import type { RateLimit } from '../rate-limit.ts';
import type { SealedRecords } from '../sealed-records.ts';
import {
  hashPassword,
  isPassword,
  PASSWORD_CHARS_MAX,
  PASSWORD_CHARS_MIN,
  type PasswordHash,
} from './password.ts';

/** Somebody who has signed in with a browser. */
export type Session = {
  /** What the cookie holds. */
  readonly token: string;
  /** Unsafe requests show it, which pages of other sites cannot know. */
  readonly csrf: string;
};

/** The one person of a daemon, and how that person signs in. */
export type People = {
  /** @returns the token of a link that signs in whoever opens it first, for LINK_SECONDS. */
  makeLink(): Promise<string>;
  isLink(token: string): Promise<boolean>;
  /** `undefined` for a link that was used, has ended, or never was. */
  signInByLink(token: string): Promise<Session | undefined>;
  hasPassword(): Promise<boolean>;
  /** @param from the address it is tried from. */
  signInByPassword(password: string, from: string): Promise<Session | 'wrong' | TooOften>;
  /** Signs everybody out. @returns the session of whoever set it. */
  setPassword(password: string): Promise<Session | 'too_short' | 'too_long'>;
  /** By the two settings for the dashboard. `false` also when they are not set. */
  isBasic(authorization: string, from: string): boolean | TooOften;
  readonly hasBasic: boolean;
  find(token: string): Promise<Session | undefined>;
  signOut(token: string): Promise<void>;
  countSessions(): Promise<number>;
  /** @returns how many were signed in. */
  signOutEverybody(): Promise<number>;
};

export type TooOften = { readonly waitSeconds: number };

export type BasicLogin = { readonly username: string; readonly password: string };

const LINK_SECONDS = 300;
export const SESSION_SECONDS = 14 * 24 * 3_600;

export function openPeople(
  records: SealedRecords,
  clock: Clock,
  mayTry: RateLimit,
  basic: BasicLogin | undefined,
): People {
  const later = (seconds: number): Temporal.Instant => clock.now().add({ seconds });
  const begin = async (): Promise<Session> => {
    const session = { token: randomText(), csrf: randomText() };
    await records.put(
      SESSION,
      session.token,
      { csrf: session.csrf },
      {
        group: OWNER,
        expiresAt: later(SESSION_SECONDS),
      },
    );
    return session;
  };
  const passwordHash = async (): Promise<PasswordHash | undefined> =>
    (await records.find(PASSWORD, OWNER))?.value as PasswordHash | undefined;
  const live = async (kind: string, token: string): Promise<unknown> => {
    const found = token.length > TOKEN_CHARS_MAX ? undefined : await records.find(kind, token);
    if (found === undefined || found.record.consumedAt !== undefined) return undefined;
    const { expiresAt } = found.record;
    const isOver = expiresAt !== undefined && Temporal.Instant.compare(expiresAt, clock.now()) <= 0;
    return isOver ? undefined : found.value;
  };

  const countSessions = async (): Promise<number> => {
    const nowMs = clock.now().epochMilliseconds;
    const found = await records.list(SESSION, SESSIONS_MAX);
    return found.filter(({ record }) => (record.expiresAt?.epochMilliseconds ?? 0) > nowMs).length;
  };

  return {
    countSessions,
    signOutEverybody: async () => {
      const count = await countSessions();
      await records.removeKind(SESSION);
      await records.removeKind(LINK);
      return count;
    },
    makeLink: async () => {
      const token = randomText();
      await records.put(LINK, token, {}, { expiresAt: later(LINK_SECONDS) });
      return token;
    },
    isLink: async (token) => (await live(LINK, token)) !== undefined,
    signInByLink: async (token) => {
      if ((await live(LINK, token)) === undefined) return undefined;
      return (await records.consume(LINK, token, clock.now())) ? begin() : undefined;
    },
    hasPassword: async () => (await passwordHash()) !== undefined,
    signInByPassword: async (password, from) => {
      const waitSeconds = mayTry(from);
      if (waitSeconds !== undefined) return { waitSeconds };
      const kept = await passwordHash();
      return kept !== undefined && (await isPassword(password, kept)) ? begin() : 'wrong';
    },
    setPassword: async (password) => {
      if (password.length < PASSWORD_CHARS_MIN) return 'too_short';
      if (password.length > PASSWORD_CHARS_MAX) return 'too_long';
      await records.put(PASSWORD, OWNER, await hashPassword(password), {});
      await records.removeGroup(SESSION, OWNER);
      return begin();
    },
    isBasic: (authorization, from) => {
      const given = /^Basic +([\w+/=-]+)$/i.exec(authorization)?.[1];
      if (basic === undefined || given === undefined) return false;
      const wanted = `${basic.username}:${basic.password}`;
      if (isSame(Buffer.from(given, 'base64').toString(), wanted)) return true;
      // Browsers send the right one with every request, so only wrong ones are counted.
      const waitSeconds = mayTry(from);
      return waitSeconds === undefined ? false : { waitSeconds };
    },
    hasBasic: basic !== undefined,
    find: async (token) => {
      const kept = (await live(SESSION, token)) as { readonly csrf: string } | undefined;
      return kept === undefined ? undefined : { token, csrf: kept.csrf };
    },
    signOut: async (token) => {
      await records.remove(SESSION, token);
    },
  };
}

const SESSION = 'session';
const LINK = 'sign_in_link';
const PASSWORD = 'password';
/** The one person there is. */
const OWNER = 'owner';
const TOKEN_BYTES = 32;
/** More are not counted. */
const SESSIONS_MAX = 1_000;
const TOKEN_CHARS_MAX = 128;

function randomText(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/** Compares digests, so that neither length nor content shows in the time it takes. */
export function isSame(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
