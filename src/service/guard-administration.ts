import type { Json } from '../domain/json.ts';
import type { Act } from '../domain/policy/policy.ts';
import { actionWithoutValues } from '../domain/policy/without-values.ts';
import type { GuardedAct } from './guard-act.ts';
import type { Services } from './services.ts';
import type { PlainServices } from './with-policy.ts';

export type Guard = <Result>(act: GuardedAct<Result>) => Promise<Result>;

/** Secrets, keys, the inbox and the switch: done or refused, for what they say cannot be kept. */
export function guardAdministration(guard: Guard, plain: PlainServices) {
  const simply = simplyBy(guard);
  return {
    setSecret: (name, value, grants) =>
      simply('set_secret', name, askedOf({ grants }), () => plain.setSecret(name, value, grants)),
    askForSecret: (name) => simply('ask_for_secret', name, null, () => plain.askForSecret(name)),
    grantSecret: (name, more) =>
      simply('grant_secret', name, askedOf({ more }), () => plain.grantSecret(name, more)),
    revokeSecret: (name, less) =>
      simply('revoke_secret', name, askedOf({ less }), () => plain.revokeSecret(name, less)),
    rotateSecrets: (key) =>
      simply('rotate_secrets', undefined, { key }, () => plain.rotateSecrets(key)),
    removeSecret: (name) => simply('remove_secret', name, null, () => plain.removeSecret(name)),
    exportSecrets: (passphrase) =>
      simply('export_secrets', undefined, null, () => plain.exportSecrets(passphrase)),
    importSecrets: (sealed, passphrase, grants, isTrial) =>
      simply('import_secrets', undefined, { names: [...grants.keys()], isTrial }, () =>
        plain.importSecrets(sealed, passphrase, grants, isTrial),
      ),
    addKey: (draft) => simply('add_key', draft.name, askedOf(draft), () => plain.addKey(draft)),
    revokeKey: (key) => simply('revoke_key', key, null, () => plain.revokeKey(key)),
    revokeConnection: (id) =>
      simply('revoke_connection', id, null, () => plain.revokeConnection(id)),
    signOutEverybody: () =>
      simply('sign_out_everybody', undefined, null, () => plain.signOutEverybody()),
    makeBackup: (request) =>
      simply('make_backup', undefined, askedOf(request), () => plain.makeBackup(request)),
    makeSignInLink: () =>
      guard({
        act: 'make_sign_in_link',
        verb: 'make_sign_in_link',
        scope: 'admin',
        subject: undefined,
        asked: null,
        work: () => plain.makeSignInLink(),
      }),
    settleInboxItem: (id, settlement) =>
      simply('settle_inbox_item', String(id), settlement.kind, () =>
        plain.settleInboxItem(id, settlement),
      ),
    sendTestNotice: (channel, signal) =>
      simply('send_test_notice', channel, null, () => plain.sendTestNotice(channel, signal)),
    testAddress: (request, signal) =>
      simply('test_address', undefined, { url: request.url }, () =>
        plain.testAddress(request, signal),
      ),
    stopAll: (reason) =>
      simply('stop_all', undefined, { reason: reason ?? null }, () => plain.stopAll(reason)),
    resumeAll: () => simply('resume_all', undefined, null, () => plain.resumeAll()),
  } satisfies Partial<Services>;
}

/** Webhooks let others start runs. One whose secret was given does not wait, for it would be kept. */
export function guardWebhooks(guard: Guard, plain: PlainServices) {
  const simply = simplyBy(guard);
  return {
    createWebhook: (draft) =>
      guard({
        act: 'create_webhook',
        verb: 'create_webhook',
        subject: draft.name,
        asked: askedOf({
          ...draft,
          secret: undefined,
          ...(draft.action === undefined ? {} : { action: actionWithoutValues(draft.action) }),
        }),
        work: () => plain.createWebhook(draft),
        after: ({ webhook }) => ({ subject: webhook.id, detail: { name: webhook.name } }),
        ...(draft.secret === undefined
          ? {
              waiting: {
                verb: 'create_webhook',
                content: [draft],
                title: `make the webhook ${JSON.stringify(draft.name)}`,
                rehearse: () => Promise.resolve(),
              },
            }
          : {}),
      }),
    editWebhook: (ref, edit) =>
      guard({
        act: 'edit_webhook',
        verb: 'edit_webhook',
        subject: ref,
        asked: askedOf({ fields: Object.keys(edit) }),
        work: () => plain.editWebhook(ref, edit),
        waiting: {
          verb: 'edit_webhook',
          content: [ref, edit],
          title: `change the webhook ${JSON.stringify(ref)}`,
          rehearse: () => plain.getWebhook(ref),
        },
      }),
    removeWebhook: (ref) =>
      guard({
        act: 'remove_webhook',
        verb: 'remove_webhook',
        subject: ref,
        asked: null,
        work: () => plain.removeWebhook(ref),
        waiting: {
          verb: 'remove_webhook',
          content: [ref],
          title: `remove the webhook ${JSON.stringify(ref)}`,
          rehearse: () => plain.getWebhook(ref),
        },
      }),
    rotateWebhook: (ref, request) =>
      simply('rotate_webhook', ref, null, () => plain.rotateWebhook(ref, request)),
    testWebhook: (request) =>
      simply('test_webhook', undefined, null, () => plain.testWebhook(request)),
    replayDelivery: (delivery) =>
      simply('replay_delivery', String(delivery), null, () => plain.replayDelivery(delivery)),
  } satisfies Partial<Services>;
}

export function askedOf(request: object): Json {
  return JSON.parse(JSON.stringify(request)) as Json;
}

function simplyBy(guard: Guard) {
  return <Result>(
    act: Act,
    subject: string | undefined,
    asked: Json,
    work: () => Promise<Result>,
  ): Promise<Result> => guard({ act, verb: act, subject, asked, work });
}
