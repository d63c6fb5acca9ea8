import { openAccess, type Access, type AccessOptions } from '../../src/access/open-access.ts';
import { createEgress } from '../../src/egress/egress.ts';
import type { Store } from '../../src/ports/store.ts';
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts';
import { recordingAnnouncer } from '../support/announcer.ts';
import { quietLog } from '../support/quiet-log.ts';
import { setClock, type SetClock } from '../support/set-clock.ts';

const OWN = 'http://127.0.0.1:7411';

/** Access over a real store in memory. */
export type AccessWorld = {
  readonly clock: SetClock;
  readonly store: Store;
  readonly access: Access;
  /** Another process on the same store. */
  another(changes?: Partial<AccessOptions>): Access;
  /** Posts a form to the token endpoint. */
  token(
    form: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }>;
};

export async function openAccessWorld(): Promise<AccessWorld> {
  const clock = setClock('2026-11-02T08:00:00Z');
  const log = quietLog();
  const store = await openSqliteStore({
    file: ':memory:',
    clock,
    announcer: recordingAnnouncer(),
    log,
  });
  const egress = createEgress({ profile: 'shared', allow: [], ownEndpoints: () => [] });
  const another = (changes: Partial<AccessOptions> = {}): Access => {
    const { apiKeys, accessRecords: records } = store;
    const ports = { apiKeys, records, clock, log, egress };
    const access = openAccess(ports, {
      key: new Uint8Array(32).fill(7),
      publicUrl: '',
      basic: undefined,
      ...changes,
    });
    access.listens(OWN);
    return access;
  };
  const access = another();
  return {
    clock,
    store,
    access,
    another,
    token: async (form, headers = {}) => {
      const request = new Request(`${OWN}/oauth/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      });
      const body = new URLSearchParams(form).toString();
      const response = await access.fetch({ request, body, from: '127.0.0.1' });
      return {
        status: response.status,
        body: (await response.json()) as Readonly<Record<string, unknown>>,
      };
    },
  };
}
