import { requireScope, type Principal } from '../domain/principal.ts';
import type { SecretGrants } from '../domain/secrets/secret-grants.ts';
import type { ServicePorts } from './services.ts';
import { setSecret } from './secrets.ts';
import { isWebhookSecret, sealedWebhookSecrets } from './webhooks/webhook-secrets.ts';

/** All values, sealed under a passphrase that the caller chooses. */
export async function exportSecrets(
  ports: ServicePorts,
  principal: Principal,
  passphrase: string,
): Promise<string> {
  requireScope(principal, 'admin');
  return ports.secrets.exportSealed(passphrase);
}

/**
 * Sets what another daemon exported.
 *
 * @param isTrial whether nothing is to be set.
 * @returns the names of those that are new or have another value.
 */
export async function importSecrets(
  ports: ServicePorts,
  principal: Principal,
  sealed: string,
  passphrase: string,
  grants: ReadonlyMap<string, SecretGrants>,
  isTrial: boolean,
): Promise<readonly string[]> {
  requireScope(principal, 'admin');
  const values = await ports.secrets.openSealed(sealed, passphrase);
  const before = await ports.secrets.resolve([...values.keys()]);
  // Those of webhooks are set with their webhooks.
  const changed = [...values].filter(
    ([name, value]) => before.get(name) !== value && !isWebhookSecret(name),
  );
  if (!isTrial) {
    for (const [name, value] of changed) {
      await setSecret(ports, principal, name, value, grants.get(name));
    }
  }
  return changed.map(([name]) => name);
}

/** The secrets of webhooks that another daemon exported, by the id that each webhook had there. */
export async function openWebhookSecrets(
  ports: ServicePorts,
  principal: Principal,
  sealed: string,
  passphrase: string,
): Promise<ReadonlyMap<string, string>> {
  requireScope(principal, 'admin');
  return sealedWebhookSecrets(await ports.secrets.openSealed(sealed, passphrase));
}
