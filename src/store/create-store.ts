import type { Store } from '../ports/store.ts';
import { createAccessRecords } from './access-records.ts';
import { createApiKeyRows } from './api-keys.ts';
import { applyPlans } from './apply-plans.ts';
import { createApprovals } from './approvals.ts';
import { createAuditTrail } from './audit.ts';
import {
  adoptRun,
  finishAttempt,
  listAbandonedRuns,
  listAttempts,
  renewLeases,
} from './attempts.ts';
import { requestCancel } from './cancel-runs.ts';
import { deleteTask, insertTask, undeleteTask, updateTask } from './change-tasks.ts';
import { lastChangeId, listChanges } from './changes.ts';
import type { StoreContext } from './context.ts';
import { countStates, countTasksOf } from './counts.ts';
import { expireQueuedRuns } from './expire-runs.ts';
import { getRun, listEndedRuns, listRuns } from './find-runs.ts';
import {
  findDeletedTask,
  findTask,
  getDefinition,
  listDueTasks,
  listFollowers,
  listTasks,
  nextWakeAt,
} from './find-tasks.ts';
import { createHistory } from './history.ts';
import { createInbox } from './inbox.ts';
import { insertRun, insertUnlistedRun } from './insert-run.ts';
import { listGaps, listLedger } from './ledger.ts';
import { prune } from './prune.ts';
import { listUnanswered, replyToRun } from './questions.ts';
import { createSecretRows } from './secret-rows.ts';
import { createSpendBook } from './spend-book.ts';
import { listNotes } from './task-notes.ts';
import { createStandstill } from './standstill.ts';
import { takeRuns } from './take-runs.ts';
import { createSeenClients } from './seen-clients.ts';
import { createWebhooks } from './webhooks.ts';

/**
 * The store over a database whose tables are those of `schema.ts`.
 *
 * @param own what each database does its own way.
 */
export function createStore(context: StoreContext, own: Pick<Store, 'now' | 'close'>): Store {
  return {
    now: own.now,
    insertTask: (...request) => insertTask(context, ...request),
    findTask: (...request) => findTask(context, ...request),
    listFollowers: (...request) => listFollowers(context, ...request),
    listTasks: (...request) => listTasks(context, ...request),
    getDefinition: (...request) => getDefinition(context, ...request),
    updateTask: (...request) => updateTask(context, ...request),
    deleteTask: (...request) => deleteTask(context, ...request),
    findDeletedTask: (...query) => findDeletedTask(context, ...query),
    undeleteTask: (...request) => undeleteTask(context, ...request),
    listDueTasks: (...request) => listDueTasks(context, ...request),
    nextWakeAt: () => nextWakeAt(context),
    applyPlans: (...request) => applyPlans(context, ...request),
    insertUnlistedRun: (...request) => insertUnlistedRun(context, ...request),
    insertRun: (...request) => insertRun(context, ...request),
    takeRuns: (...request) => takeRuns(context, ...request),
    renewLeases: (...request) => renewLeases(context, ...request),
    finishAttempt: (...request) => finishAttempt(context, ...request),
    listNotes: (...request) => listNotes(context, ...request),
    listAbandonedRuns: (...request) => listAbandonedRuns(context, ...request),
    adoptRun: (...request) => adoptRun(context, ...request),
    requestCancel: (...request) => requestCancel(context, ...request),
    replyToRun: (...request) => replyToRun(context, ...request),
    listUnanswered: (...request) => listUnanswered(context, ...request),
    expireQueuedRuns: (...request) => expireQueuedRuns(context, ...request),
    getRun: (...request) => getRun(context, ...request),
    listRuns: (...request) => listRuns(context, ...request),
    listAttempts: (...request) => listAttempts(context, ...request),
    listLedger: (...request) => listLedger(context, ...request),
    listGaps: (...request) => listGaps(context, ...request),
    listEndedRuns: (...request) => listEndedRuns(context, ...request),
    countStates: (...request) => countStates(context, ...request),
    listChanges: (...request) => listChanges(context, ...request),
    lastChangeId: () => lastChangeId(context),
    prune: (...request) => prune(context, ...request),
    countTasksOf: (...request) => countTasksOf(context, ...request),
    approvals: createApprovals(context),
    audit: createAuditTrail(context),
    standstill: createStandstill(context),
    secretRows: createSecretRows(context),
    inbox: createInbox(context),
    apiKeys: createApiKeyRows(context),
    accessRecords: createAccessRecords(context),
    history: createHistory(context),
    spend: createSpendBook(context),
    webhooks: createWebhooks(context),
    seenClients: createSeenClients(context),
    close: own.close,
  };
}
