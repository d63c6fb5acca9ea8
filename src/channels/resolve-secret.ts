import { readFile } from 'node:fs/promises';
import type { Secrets } from '../ports/secrets.ts';
import { SECRET_OF, type ChannelSettings } from './channel-settings.ts';
import type { ChannelSecrets } from './channel-request.ts';

export type SecretSources = {
  readonly secrets: Pick<Secrets, 'resolve'>;
  /** Home directory; `~` in a path means it. */
  readonly home: string;
};

export type Resolved =
  | { readonly kind: 'resolved'; readonly secrets: ChannelSecrets }
  | { readonly kind: 'missing'; readonly note: string };

/** The secret of a channel, read anew for each notice: one that was changed is used at once. */
export async function resolveSecret(
  sources: SecretSources,
  settings: ChannelSettings,
): Promise<Resolved> {
  const field = SECRET_OF[settings.kind]?.field;
  if (field === undefined) return { kind: 'resolved', secrets: {} };
  const given = settings as Readonly<Record<string, unknown>>;
  const name = given[`${field}_secret`];
  const file = given[`${field}_file`];
  if (typeof name === 'string') {
    const value = (await sources.secrets.resolve([name])).get(name);
    return value === undefined
      ? { kind: 'missing', note: `The vault has no secret named "${name}".` }
      : { kind: 'resolved', secrets: { [field]: value } };
  }
  if (typeof file === 'string') return readSecretFile(sources.home, field, file);
  return { kind: 'resolved', secrets: {} };
}

const SECRET_CHARS_MAX = 65_536;

async function readSecretFile(home: string, field: string, file: string): Promise<Resolved> {
  const path = file.startsWith('~/') ? home + file.slice(1) : file;
  try {
    const value = (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
    if (value !== '' && value.length <= SECRET_CHARS_MAX) {
      return { kind: 'resolved', secrets: { [field]: value } };
    }
    return { kind: 'missing', note: `The file of "${field}_file" is empty or too long.` };
  } catch {
    return { kind: 'missing', note: `The file of "${field}_file" cannot be read.` };
  }
}
