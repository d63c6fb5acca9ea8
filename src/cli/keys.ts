import { openApi } from './api-client.ts';
import { answer, talk, type Context } from './context.ts';
import { compact, inPath } from './read-flags.ts';
import { sayCountdown } from './say-time.ts';
import { table } from './table.ts';

type KeyBody = {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  readonly last_used_at: string | null;
};

export type KeyFlags = { readonly scope?: readonly string[]; readonly expires?: string };

/** `carillon keys add`: the text of the key is printed, and kept nowhere. */
export async function addKey(context: Context, name: string, flags: KeyFlags): Promise<void> {
  const api = await openApi(context);
  const body = compact({ name, scopes: flags.scope ?? ['tasks:read'], lifetime: flags.expires });
  const key = (await api.ask({ method: 'POST', path: '/keys', body })) as KeyBody & {
    readonly text: string;
  };
  talk(
    context,
    `Made the key ${key.name} (client id ${key.id}). This is the only time that it is shown:`,
  );
  answer(context, key, () => key.text);
}

export async function listKeys(context: Context): Promise<void> {
  const api = await openApi(context);
  const { keys } = (await api.ask({ method: 'GET', path: '/keys' })) as {
    readonly keys: readonly KeyBody[];
  };
  const now = Temporal.Now.instant();
  answer(context, { keys }, () =>
    keys.length === 0
      ? 'There are no keys.'
      : table(
          ['NAME', 'ID', 'SCOPES', 'ENDS', 'LAST USED'],
          keys.map((key) => [
            key.name,
            key.id,
            key.scopes.join(' '),
            key.revoked_at === null
              ? key.expires_at === null
                ? 'never'
                : sayCountdown(key.expires_at, now)
              : `revoked ${sayCountdown(key.revoked_at, now)}`,
            key.last_used_at === null ? 'never' : sayCountdown(key.last_used_at, now),
          ]),
        ),
  );
}

export async function revokeKey(context: Context, key: string): Promise<void> {
  const api = await openApi(context);
  const revoked = (await api.ask({
    method: 'DELETE',
    path: `/keys/${inPath(key)}`,
  })) as KeyBody;
  answer(context, revoked, () => `Revoked ${revoked.name} (${revoked.id}).`);
}
