import type { Provider } from 'oidc-provider';
import { scopesIn, type Scope } from '../../domain/principal.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SealedRecords } from '../sealed-records.ts';
import { openConsent, type Consent } from './consent.ts';
import { exchange, type PlainRequest } from './node-exchange.ts';
import { ROUTES } from './oauth-paths.ts';
import { registerClient } from './registration.ts';

export type OAuthRoutes = {
  /** Everything but the consent page. */
  fetch(plain: PlainRequest): Promise<Response>;
  readonly consent: Consent;
};

/** What a client gets that asks for nothing in particular. */
const DEFAULT_SCOPES: readonly Scope[] = ['tasks:read', 'tasks:write', 'tasks:run'];

export function openOAuthRoutes(
  provider: Provider,
  records: SealedRecords,
  clock: Clock,
): OAuthRoutes {
  const handler = provider.callback();
  return {
    consent: openConsent(provider, clock),
    fetch: async (plain) => {
      const [path = ''] = plain.path.split('?', 1);
      if (path === ROUTES.registration && plain.method === 'POST') {
        return registerClient(plain.body, records, clock, (metadata) =>
          exchange(handler, {
            ...plain,
            headers: { ...plain.headers, 'content-type': 'application/json' },
            body: JSON.stringify(metadata),
          }),
        );
      }
      return exchange(handler, path === ROUTES.authorization ? withScope(plain) : plain);
    },
  };
}

/** A request for nothing that we have is one for what most need. */
function withScope(plain: PlainRequest): PlainRequest {
  const url = new URL(plain.path, 'http://localhost');
  const asked = url.searchParams.get('scope') ?? '';
  if (scopesIn(asked).length > 0) return plain;
  url.searchParams.set('scope', `${asked} ${DEFAULT_SCOPES.join(' ')}`.trim());
  return { ...plain, path: `${url.pathname}${url.search}` };
}
