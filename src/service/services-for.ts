import type { Principal } from '../domain/principal.ts';
import { listConnections, readSessions, revokeConnection, signOutEverybody } from './admissions.ts';
import { listAlertRules } from './alert-rules.ts';
import { allTasks } from './all-tasks.ts';
import { askForSecret } from './ask-for-secret.ts';
import { answerRun } from './answer-run.ts';
import { cancelRun } from './cancel-run.ts';
import { createTask } from './create-task.ts';
import { deleteTask } from './delete-task.ts';
import { duplicateTask } from './duplicate-task.ts';
import { explain } from './explain.ts';
import { getMetrics } from './get-metrics.ts';
import { getRun } from './get-run.ts';
import { getStatus } from './get-status.ts';
import { getTask } from './get-task.ts';
import { listInbox, settleInboxItem } from './inbox.ts';
import { canReplayAfter, lastChangeId, listChanges } from './list-changes.ts';
import { addKey, listKeys, revokeKey } from './keys.ts';
import { listClients } from './list-clients.ts';
import { listEngines } from './list-engines.ts';
import { listRuns } from './list-runs.ts';
import { listTasks } from './list-tasks.ts';
import { listChannels, sendTestNotice } from './notify.ts';
import { makeBackup } from './make-backup.ts';
import { makeSignInLink } from './make-sign-in-link.ts';
import { pauseTask } from './pause-task.ts';
import { previewSchedule } from './preview-schedule.ts';
import { readOutput } from './read-output.ts';
import { changedProfileSecrets } from './profile-secrets.ts';
import { rerun } from './rerun.ts';
import { resumeTask } from './resume-task.ts';
import { runAction } from './run-action.ts';
import { runTask } from './run-task.ts';
import { listSecretUses } from './secret-uses.ts';
import {
  grantSecret,
  listSecrets,
  removeSecret,
  revokeSecret,
  rotateSecrets,
  setSecret,
} from './secrets.ts';
import { resumeAll, stopAll } from './stop-all.ts';
import type { ServicePorts, ServicesFor } from './services.ts';
import { testAddress } from './test-address.ts';
import { exportSecrets, importSecrets, openWebhookSecrets } from './transfer-secrets.ts';
import { withPolicy } from './with-policy.ts';
import { usage } from './usage.ts';
import { latestRuns, taskStatistics, timeline, weekLoad } from './statistics.ts';
import { undeleteTask } from './undelete-task.ts';
import { updateTask } from './update-task.ts';
import { getVersion, listVersions, restoreVersion } from './versions.ts';
import { waitForRun } from './wait-for-run.ts';
import { whatHappened } from './what-happened.ts';
import { createWebhook } from './webhooks/create-webhook.ts';
import { listDeliveries, replayDelivery, testWebhook } from './webhooks/deliveries.ts';
import { editWebhook } from './webhooks/edit-webhook.ts';
import { rotateWebhook } from './webhooks/rotate-webhook.ts';
import { getWebhook, listWebhooks, removeWebhook } from './webhooks/webhooks.ts';

/** Binds every verb to the outside and to who is asking. */
export function servicesFor(ports: ServicePorts): ServicesFor {
  return withPolicy(ports, (principal: Principal) => ({
    createTask: (draft) => createTask(ports, principal, draft),
    updateTask: (task, edit) => updateTask(ports, principal, task, edit),
    deleteTask: (task, revision) => deleteTask(ports, principal, task, revision),
    undeleteTask: (task) => undeleteTask(ports, principal, task),
    pauseTask: (task, reason, revision) => pauseTask(ports, principal, task, reason, revision),
    resumeTask: (task, revision) => resumeTask(ports, principal, task, revision),
    runTask: (request) => runTask(ports, principal, request),
    runAction: (request) => runAction(ports, principal, request),
    rerun: (run, changes) => rerun(ports, principal, run, changes),
    duplicateTask: (task, name) => duplicateTask(ports, principal, task, name),
    listVersions: (query) => listVersions(ports, principal, query),
    getVersion: (task, version) => getVersion(ports, principal, task, version),
    restoreVersion: (task, version, revision) =>
      restoreVersion(ports, principal, task, version, revision),
    latestRuns: (tasks) => latestRuns(ports, principal, tasks),
    timeline: (query) => timeline(ports, principal, query),
    weekLoad: (zone) => weekLoad(ports, principal, zone),
    taskStatistics: (task, since) => taskStatistics(ports, principal, task, since),
    listTasks: (query) => listTasks(ports, principal, query),
    getTask: (task) => getTask(ports, principal, task),
    previewSchedule: (query) => previewSchedule(ports, principal, query),
    listRuns: (query) => listRuns(ports, principal, query),
    getRun: (run) => getRun(ports, principal, run),
    waitForRun: (run, timeoutMs, signal) => waitForRun(ports, principal, run, timeoutMs, signal),
    readOutput: (request) => readOutput(ports, principal, request),
    cancelRun: (run, reason) => cancelRun(ports, principal, run, reason),
    answerRun: (run, text) => answerRun(ports, principal, run, text),
    explain: (query) => explain(ports, principal, query),
    whatHappened: (query) => whatHappened(ports, principal, query),
    usage: (query) => usage(ports, principal, query),
    getStatus: () => getStatus(ports, principal),
    getMetrics: () => getMetrics(ports, principal),
    listEngines: (task) => listEngines(ports, principal, task),
    listChanges: (afterId, limit) => listChanges(ports, principal, afterId, limit),
    lastChangeId: () => lastChangeId(ports, principal),
    canReplayAfter: (changeId) => canReplayAfter(ports, principal, changeId),
    setSecret: (name, value, grants) => setSecret(ports, principal, name, value, grants),
    changedProfileSecrets: (values) => changedProfileSecrets(ports, principal, values),
    askForSecret: (name) => askForSecret(ports, principal, name),
    grantSecret: (name, more) => grantSecret(ports, principal, name, more),
    revokeSecret: (name, less) => revokeSecret(ports, principal, name, less),
    rotateSecrets: (key) => rotateSecrets(ports, principal, key),
    allTasks: () => allTasks(ports, principal),
    exportSecrets: (passphrase) => exportSecrets(ports, principal, passphrase),
    importSecrets: (sealed, passphrase, grants, isTrial) =>
      importSecrets(ports, principal, sealed, passphrase, grants, isTrial),
    openWebhookSecrets: (sealed, passphrase) =>
      openWebhookSecrets(ports, principal, sealed, passphrase),
    removeSecret: (name) => removeSecret(ports, principal, name),
    listSecrets: () => listSecrets(ports, principal),
    listSecretUses: () => listSecretUses(ports, principal),
    addKey: (draft) => addKey(ports, principal, draft),
    listClients: () => listClients(ports, principal),
    listKeys: () => listKeys(ports, principal),
    revokeKey: (key) => revokeKey(ports, principal, key),
    listConnections: () => listConnections(ports, principal),
    revokeConnection: (id) => revokeConnection(ports, principal, id),
    readSessions: () => readSessions(ports, principal),
    signOutEverybody: () => signOutEverybody(ports, principal),
    makeBackup: (request) => makeBackup(ports, principal, request),
    makeSignInLink: () => makeSignInLink(ports, principal),
    listInbox: (query) => listInbox(ports, principal, query),
    settleInboxItem: (id, settlement) => settleInboxItem(ports, principal, id, settlement),
    listChannels: () => listChannels(ports, principal),
    listAlertRules: () => listAlertRules(ports, principal),
    sendTestNotice: (channel, signal) => sendTestNotice(ports, principal, channel, signal),
    testAddress: (request, signal) => testAddress(ports, principal, request, signal),
    createWebhook: (draft) => createWebhook(ports, principal, draft),
    editWebhook: (webhook, edit) => editWebhook(ports, principal, webhook, edit),
    removeWebhook: (webhook) => removeWebhook(ports, principal, webhook),
    rotateWebhook: (webhook, request) => rotateWebhook(ports, principal, webhook, request),
    getWebhook: (webhook) => getWebhook(ports, principal, webhook),
    listWebhooks: (query) => listWebhooks(ports, principal, query),
    listDeliveries: (query) => listDeliveries(ports, principal, query),
    replayDelivery: (delivery) => replayDelivery(ports, principal, delivery),
    testWebhook: (request) => testWebhook(ports, principal, request),
    stopAll: (reason) => stopAll(ports, principal, reason),
    resumeAll: () => resumeAll(ports, principal),
  }));
}
