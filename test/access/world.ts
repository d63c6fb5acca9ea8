import { openAccess, type Access, type AccessOptions } from '../../src/access/open-access.ts';
import { createEgress } from '../../src/egress/egress.ts';
import type { Store } from '../../src/ports/store.ts';
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts';
import { recordingAnnouncer } from '../support/announcer.ts';
import { quietLog } from '../support/quiet-log.ts';
import { setClock, type SetClock } from '../support/set-clock.ts';

const OWN = 'http://127.0.0.1:7411';

export type Answered = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
};

type Given = Readonly<Record<string, string>>;

/** Access over a real store in memory. */
export type AccessWorld = {
  readonly clock: SetClock;
  readonly store: Store;
  readonly access: Access;
  /** Another process on the same store. */
  another(changes?: Partial<AccessOptions>): Access;
  get(path: string, headers?: Given): Promise<Answered>;
  /** Sends a form, or text as JSON. */
  post(path: string, body: Given | string, headers?: Given, to?: Access): Promise<Answered>;
  /** Posts a form to the token endpoint. */
  token(
    form: Given,
    headers?: Given,
  ): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }>;
};

/** @param options `now` for tests of what goes by the clock of the machine. */
export async function openAccessWorld({
  now = '2026-11-02T08:00:00Z',
  ...options
}: Partial<AccessOptions> & { readonly now?: string } = {}): Promise<AccessWorld> {
  const clock = setClock(now);
  const log = quietLog();
  const announcer = recordingAnnouncer();
  const store = await openSqliteStore({ file: ':memory:', clock, announcer, log });
  const egress = createEgress({
    profile: 'shared',
    allow: [],
    ownEndpoints: () => [],
    // Every name leads to this machine, which is never asked.
    resolve: async () => ['127.0.0.1'],
  });
  const another = (changes: Partial<AccessOptions> = {}): Access => {
    const { apiKeys, accessRecords: records } = store;
    const access = openAccess(
      { apiKeys, records, clock, log, egress, audit: store.audit },
      {
        key: new Uint8Array(32).fill(7),
        publicUrl: '',
        basic: undefined,
        ...options,
        ...changes,
      },
    );
    access.listens(OWN);
    return access;
  };
  const access = another();
  const send = async (path: string, init: RequestInit, body: string, to: Access) => {
    const request = new Request(`${OWN}${path}`, init);
    const answer = await to.fetch({ request, body, from: '127.0.0.1' });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  const post: AccessWorld['post'] = (path, body, headers = {}, to = access) => {
    const isForm = typeof body !== 'string';
    const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
    const text = isForm ? new URLSearchParams(body).toString() : body;
    return send(path, { method: 'POST', headers: { 'content-type': type, ...headers } }, text, to);
  };
  return {
    clock,
    store,
    access,
    another,
    get: (path, headers = {}) => send(path, { headers }, '', access),
    post,
    token: async (form, headers) => {
      const { status, text } = await post('/oauth/token', form, headers);
      return { status, body: JSON.parse(text) as Readonly<Record<string, unknown>> };
    },
  };
}
