import { SESSION_SECONDS, type Session } from './people.ts';

/** The cookies of a session; with https, browsers hold them to this very host. */
export type SessionCookie = {
  /** The token in the header of a request. */
  read(header: string | null): string | undefined;
  /** Texts of `Set-Cookie`; without a session they take the cookies away. */
  write(session: Session | undefined): readonly string[];
};

export function sessionCookie(isHttps: boolean): SessionCookie {
  const prefix = isHttps ? '__Host-' : '';
  const name = `${prefix}carillon_session`;
  // Lax, for somebody who is sent here by a program has to be known.
  const attributes = `Path=/; SameSite=Lax${isHttps ? '; Secure' : ''}`;
  return {
    read: (header) => {
      for (const part of (header ?? '').slice(0, HEADER_CHARS_MAX).split(';')) {
        const at = part.indexOf('=');
        if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
      }
      return undefined;
    },
    write: (session) => {
      const age = `Max-Age=${String(session === undefined ? 0 : SESSION_SECONDS)}`;
      return [
        `${name}=${session?.token ?? ''}; ${attributes}; HttpOnly; ${age}`,
        // The pages of this origin read it and show it in a header, which no other site can.
        `${prefix}carillon-csrf=${session?.csrf ?? ''}; ${attributes}; ${age}`,
      ];
    },
  };
}

const HEADER_CHARS_MAX = 16_384;
