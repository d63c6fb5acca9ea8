import { openApi } from './api-client.ts';
import { contextOf } from './context.ts';
import { inPath } from './read-flags.ts';

/** What is to be done about the credentials of the older system's remote clients. */
export type CredentialsRequest = 'first' | 'new' | 'reset';

const KEY_NAME = 'claude-runner';
const SCOPES = ['tasks:read', 'tasks:write', 'tasks:run'] as const;

/**
 * Makes the client id and secret that remote clients of the older system are configured with, and says
 * them once, on standard error: standard output belongs to MCP. They are a key of the daemon.
 */
export async function tellCredentials(
  dataFolder: string,
  config: string | undefined,
  request: CredentialsRequest,
): Promise<void> {
  const context = contextOf({
    data: dataFolder,
    quiet: true,
    ...(config === undefined ? {} : { config }),
  });
  const api = await openApi(context);
  const { keys } = (await api.ask({ method: 'GET', path: '/keys' })) as {
    readonly keys: readonly {
      readonly id: string;
      readonly name: string;
      readonly revoked_at: string | null;
    }[];
  };
  const known = keys.find((key) => key.name === KEY_NAME && key.revoked_at === null);
  if (known !== undefined && request === 'first') return;
  if (known !== undefined) {
    await api.ask({ method: 'DELETE', path: `/keys/${inPath(known.id)}` });
  }
  if (request === 'reset') {
    process.stderr.write('The credentials are forgotten. The next start makes new ones.\n');
    return;
  }
  const made = (await api.ask({
    method: 'POST',
    path: '/keys',
    body: { name: KEY_NAME, scopes: SCOPES },
  })) as { readonly id: string; readonly text: string };
  process.stderr.write(
    [
      'Credentials for remote clients, shown this once:',
      `  OAuth client id      ${made.id}`,
      `  OAuth client secret  ${made.text}`,
      'Others are made with: carillon as claude-runner --new-credentials',
      '',
    ].join('\n'),
  );
}
