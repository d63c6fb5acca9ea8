import { z } from 'zod';
import type { Notice } from '../ports/channels.ts';
import { oneLine } from './channel-request.ts';
import type { ChannelSecrets, Told } from './channel-request.ts';
import { secretFile, secretName, short } from './setting-shapes.ts';

const RECIPIENTS_MAX = 20;
const mailbox = short.regex(/@/, 'must be an address of mail');

export const emailSettings = z.strictObject({
  kind: z.literal('email'),
  host: short,
  port: z.int().min(1).max(65_535).default(465),
  /** `implicit`: from the first byte; `starttls`: refused when the server offers none. */
  tls: z.enum(['implicit', 'starttls', 'none']).optional(),
  user: short.optional(),
  password_secret: secretName.optional(),
  password_file: secretFile.optional(),
  from: mailbox,
  to: z.union([mailbox, z.array(mailbox).min(1).max(RECIPIENTS_MAX)]),
});
type EmailSettings = z.output<typeof emailSettings>;

const PORT_OF_IMPLICIT_TLS = 465;
const SUBJECT_CHARS_MAX = 200;
const CONNECT_MS_MAX = 10_000;

/** How the mail server is reached. */
function mailTransport({ host, port, tls, user }: EmailSettings, secrets: ChannelSecrets) {
  const mode = tls ?? (port === PORT_OF_IMPLICIT_TLS ? 'implicit' : 'starttls');
  return {
    host,
    port,
    secure: mode === 'implicit',
    requireTLS: mode === 'starttls',
    ignoreTLS: mode === 'none',
    ...(user === undefined ? {} : { auth: { user, pass: secrets['password'] ?? '' } }),
    connectionTimeout: CONNECT_MS_MAX,
    greetingTimeout: CONNECT_MS_MAX,
    socketTimeout: CONNECT_MS_MAX,
    // A text may look like a file or an address: it is never opened.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function mailOf({ from, to }: EmailSettings, { key, title, body, level }: Notice) {
  return {
    from,
    to: typeof to === 'string' ? to : [...to],
    subject: oneLine(title, SUBJECT_CHARS_MAX),
    text: body === '' ? title : body,
    headers: { 'X-Carillon-Notice': key, 'Auto-Submitted': 'auto-generated' },
    priority: level === 'urgent' ? ('high' as const) : ('normal' as const),
  };
}

/** The library is loaded by the first mail: most daemons send none. */
export async function sendMail(
  settings: EmailSettings,
  secrets: ChannelSecrets,
  notice: Notice,
  signal: AbortSignal,
): Promise<Told> {
  const { createTransport } = await import('nodemailer');
  const transport = createTransport(mailTransport(settings, secrets));
  const close = (): void => transport.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    const stopped = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true });
    });
    await Promise.race([transport.sendMail(mailOf(settings, notice)), stopped]);
    return { isDelivered: true, note: 'The mail server took it.' };
  } catch (error) {
    return { isDelivered: false, note: noteOf(error) };
  } finally {
    signal.removeEventListener('abort', close);
    transport.close();
  }
}

const NOTES: Readonly<Record<string, string>> = {
  EAUTH: 'The mail server refused the user name or the password.',
  EENVELOPE: 'The mail server refused the sender or a recipient.',
  EMESSAGE: 'The mail server refused the text.',
  ETLS: 'The mail server offers no safe connection. Set "tls" to "none" only on a network you trust.',
  ECONNECTION: 'The mail server could not be reached.',
  ESOCKET: 'The mail server could not be reached.',
  EDNS: 'The mail server could not be reached.',
  ETIMEDOUT: 'The mail server did not answer in time.',
};

function noteOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return NOTES[code] ?? 'The mail could not be sent.';
}
