import type { Json } from '../domain/json.ts';
import type { ApprovalVerb } from '../domain/policy/approval.ts';
import { EVERYTHING, type Act } from '../domain/policy/policy.ts';
import { actionWithoutValues, definitionWithoutValues } from '../domain/policy/without-values.ts';
import { requireScope, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Task } from '../domain/task.ts';
import { delegatorOf, requireOffspring } from './agent-bounds.ts';
import { checkAudit, listAudit, recordRefusal } from './audit-trail.ts';
import { decideApproval, getApproval, listApprovals } from './approvals.ts';
import { awaitApproval, createDecisions } from './await-approval.ts';
import { changeTasks } from './change-tasks.ts';
import { prepareTask } from './create-task.ts';
import { findTask } from './find-task.ts';
import { guardAct, type GuardedAct } from './guard-act.ts';
import { askedOf, guardAdministration, guardWebhooks } from './guard-administration.ts';
import type {
  RunTaskRequest,
  Services,
  ServicePorts,
  ServicesFor,
  TaskEdit,
  TaskRef,
} from './services.ts';
import { prepareAction } from './run-action.ts';
import { readSecret } from './read-secret.ts';
import { saysAction, shortened } from './says-action.ts';
import { rehearseUpdate } from './update-task.ts';
import { findDeleted } from './undelete-task.ts';

/** The verbs as they are without a policy. */
export type PlainServices = Omit<
  Services,
  | 'listApprovals'
  | 'getApproval'
  | 'awaitApproval'
  | 'decideApproval'
  | 'listAudit'
  | 'checkAudit'
  | 'readSecret'
  /** Each of them is one of the others, done to several. */
  | 'changeTasks'
>;
export type PlainServicesFor = (principal: Principal) => PlainServices;

/** What changes nothing. A new verb that is not named here has to be put under the policy. */
type Reading = Pick<
  PlainServices,
  | 'listTasks'
  | 'getTask'
  | 'previewSchedule'
  | 'listRuns'
  | 'getRun'
  | 'waitForRun'
  | 'readOutput'
  | 'explain'
  | 'whatHappened'
  | 'usage'
  | 'getStatus'
  | 'listEngines'
  | 'listChanges'
  | 'lastChangeId'
  | 'canReplayAfter'
  | 'listSecrets'
  | 'changedProfileSecrets'
  | 'openWebhookSecrets'
  | 'listSecretUses'
  | 'listKeys'
  | 'listClients'
  | 'listConnections'
  | 'readSessions'
  | 'listInbox'
  | 'listChannels'
  | 'listAlertRules'
  | 'listVersions'
  | 'getVersion'
  | 'latestRuns'
  | 'timeline'
  | 'weekLoad'
  | 'taskStatistics'
  | 'getWebhook'
  | 'listWebhooks'
  | 'listDeliveries'
  | 'allTasks'
  | 'getMetrics'
>;

/** Puts the policy, the approvals and the audit trail before every verb that changes something. */
export function withPolicy(ports: ServicePorts, plainFor: PlainServicesFor): ServicesFor {
  const reading = (principal: Principal) => {
    const look = <Result>(
      verb: string,
      subject: string | undefined,
      work: () => Promise<Result>,
    ): Promise<Result> => recordRefusal(ports, principal, verb, subject, work);
    return {
      listApprovals: (query: Parameters<Services['listApprovals']>[0]) =>
        look('list_approvals', undefined, () => listApprovals(ports, principal, query)),
      getApproval: (id: Parameters<Services['getApproval']>[0]) =>
        look('get_approval', id, () => getApproval(ports, principal, id)),
      listAudit: (query: Parameters<Services['listAudit']>[0]) =>
        look('list_audit', undefined, () => listAudit(ports, principal, query)),
      checkAudit: () => look('check_audit', undefined, () => checkAudit(ports, principal)),
      readSecret: (name: string) => look('read_secret', name, () => readSecret(principal)),
    };
  };
  const decisions = createDecisions();
  /** For what was approved: done as it was asked, with its entry in the trail. */
  const approved: ServicesFor = (principal) => guarded(ports, principal, plainFor, reading, true);
  return (principal) => {
    const services = guarded(ports, principal, plainFor, reading, false);
    return {
      ...services,
      awaitApproval: async (id, timeoutMs, signal) => {
        const approval = await awaitApproval(ports, decisions, principal, id, timeoutMs, signal);
        const done = decisions.doneOf(id);
        return { approval, services: done && { ...services, ...done } };
      },
      decideApproval: (id, decision) =>
        guardAct(ports, principal, {
          act: 'decide_approval',
          verb: 'decide_approval',
          scope: 'admin',
          subject: id,
          asked: { decision: decision.decision, content_hash: decision.contentHash ?? null },
          work: () => decideApproval(ports, approved, decisions, principal, id, decision),
          after: ({ state, outcome }) => ({
            subject: id,
            detail: { state, outcome: outcome ?? null },
          }),
        }),
    };
  };
}

function guarded(
  ports: ServicePorts,
  principal: Principal,
  plainFor: PlainServicesFor,
  reading: (
    principal: Principal,
  ) => Pick<Services, 'listApprovals' | 'getApproval' | 'listAudit' | 'checkAudit' | 'readSecret'>,
  isApproved: boolean,
): Services {
  const plain = plainFor(principal);
  const within = isApproved ? { ...ports, policy: EVERYTHING } : ports;
  const guard = <Result>(act: GuardedAct<Result>): Promise<Result> =>
    guardAct(within, principal, act);
  const before = async (ref: TaskRef): Promise<Json | undefined> => {
    const task = await findTask(ports, principal, ref).catch(() => undefined);
    return task && accountOf(task);
  };
  const onTask = <Result>(
    verb: 'update_task' | 'delete_task' | 'undelete_task' | 'pause_task' | 'resume_task',
    ref: TaskRef,
    parts: {
      readonly act?: Act;
      readonly waits?: ApprovalVerb;
      readonly asked: Json;
      readonly content: readonly unknown[];
      readonly title: string;
      work(): Promise<Result>;
      taskOf(result: Result): Task;
      rehearse?(): Promise<unknown>;
    },
  ): Promise<Result> =>
    guard({
      act: parts.act ?? verb,
      verb,
      subject: ref,
      asked: parts.asked,
      before: () => before(ref),
      work: () => parts.work(),
      after: (result) => ({
        subject: parts.taskOf(result).id,
        detail: verb === 'delete_task' ? null : accountOf(parts.taskOf(result)),
      }),
      waiting: {
        verb: parts.waits ?? verb,
        content: parts.content,
        title: parts.title,
        rehearse: parts.rehearse ?? (() => requireMayChange(ports, principal, ref)),
      },
    });
  const unchanging: Reading = plain;
  const services: Services = {
    ...unchanging,
    ...reading(principal),
    decideApproval: () => Promise.reject(new Refusal('forbidden', 'An approval decides nothing.')),
    awaitApproval: () => Promise.reject(new Refusal('forbidden', 'An approval awaits nothing.')),
    createTask: (draft) =>
      guard({
        act: draft.action.kind === 'reminder' ? 'create_reminder' : 'create_action',
        verb: 'create_task',
        subject: draft.name,
        asked: askedOf({ ...draft, action: actionWithoutValues(draft.action) }),
        work: () => plain.createTask(draft),
        after: ({ task }) => ({ subject: task.id, detail: accountOf(task) }),
        waiting: {
          verb: 'create_task',
          content: [draft],
          title: `make the task ${JSON.stringify(draft.name)}: ${saysAction(draft.action)}`,
          rehearse: () => prepareTask(ports, principal, draft),
        },
      }),
    updateTask: async (ref, edit) => {
      const pinned = isApproved ? edit : await pin(ports, principal, ref, edit);
      return onTask('update_task', ref, {
        act: edit.action === undefined ? 'update_task' : 'update_action',
        asked: askedOf(
          edit.action === undefined ? edit : { ...edit, action: actionWithoutValues(edit.action) },
        ),
        content: [ref, pinned],
        title: `change the task ${JSON.stringify(ref)}${edit.action === undefined ? '' : `: ${saysAction(edit.action)}`}`,
        work: () => plain.updateTask(ref, edit),
        taskOf: ({ task }) => task,
        rehearse: () => rehearseUpdate(ports, principal, ref, edit),
      });
    },
    deleteTask: (ref, revision) =>
      onTask('delete_task', ref, {
        asked: null,
        content: [ref, revision],
        title: `delete the task ${JSON.stringify(ref)}`,
        work: () => plain.deleteTask(ref, revision),
        taskOf: (task) => task,
      }),
    undeleteTask: (ref) =>
      onTask('undelete_task', ref, {
        asked: null,
        content: [ref],
        title: `take back that the task ${JSON.stringify(ref)} was deleted`,
        work: () => plain.undeleteTask(ref),
        taskOf: ({ task }) => task,
        rehearse: async () => findDeleted(ports, principal, ref, await ports.store.now()),
      }),
    pauseTask: (ref, reason, revision) =>
      onTask('pause_task', ref, {
        asked: { reason: reason ?? null },
        content: [ref, reason, revision],
        title: `pause the task ${JSON.stringify(ref)}`,
        work: () => plain.pauseTask(ref, reason, revision),
        taskOf: (task) => task,
      }),
    resumeTask: (ref, revision) =>
      onTask('resume_task', ref, {
        asked: null,
        content: [ref, revision],
        title: `resume the task ${JSON.stringify(ref)}`,
        work: () => plain.resumeTask(ref, revision),
        taskOf: ({ task }) => task,
      }),
    runTask: (request) =>
      guard({
        act: runAct(request),
        verb: 'run_task',
        subject: request.task,
        asked: askedOf(request),
        work: () => plain.runTask(request),
        after: (run) => ({ subject: run.taskId, detail: { run: run.id } }),
        waiting: {
          verb: 'run_task',
          content: [request],
          title: `run the task ${JSON.stringify(request.task)}`,
          rehearse: () => requireMayChange(ports, principal, request.task, 'tasks:run'),
        },
      }),
    runAction: (request) =>
      guard({
        act: request.action.kind === 'reminder' ? 'create_reminder' : 'create_action',
        // Counted with the other runs.
        verb: 'run_task',
        subject: request.name,
        asked: askedOf({ ...request, action: actionWithoutValues(request.action) }),
        work: () => plain.runAction(request),
        after: (run) => ({ subject: run.taskId, detail: { run: run.id } }),
        waiting: {
          verb: 'run_action',
          content: [request],
          title: `do once: ${saysAction(request.action)}`,
          rehearse: () => prepareAction(ports, principal, request),
        },
      }),
    cancelRun: (run, reason) =>
      guard({
        act: 'cancel_run',
        verb: 'cancel_run',
        subject: run,
        asked: { reason: reason ?? null },
        work: () => plain.cancelRun(run, reason),
        after: ({ id, state }) => ({ subject: id, detail: { state } }),
        waiting: {
          verb: 'cancel_run',
          content: [run, reason],
          title: `cancel the run ${JSON.stringify(run)}`,
          rehearse: async () => requireScope(principal, 'tasks:run'),
        },
      }),
    rerun: (run, changes) =>
      guard({
        act: runAct(changes),
        verb: 'run_task',
        subject: run,
        asked: askedOf(changes),
        work: () => plain.rerun(run, changes),
        after: ({ id, taskId }) => ({ subject: taskId, detail: { run: id } }),
        waiting: {
          verb: 'rerun',
          content: [run, changes],
          title: `start the run ${JSON.stringify(run)} again`,
          rehearse: async () => requireScope(principal, 'tasks:run'),
        },
      }),
    answerRun: (run, text) =>
      guard({
        act: 'answer_run',
        verb: 'answer_run',
        subject: run,
        asked: { text },
        work: () => plain.answerRun(run, text),
        after: ({ id, state }) => ({ subject: id, detail: { state } }),
        waiting: {
          verb: 'answer_run',
          content: [run, text],
          title: `answer the run ${JSON.stringify(run)}: ${shortened(text)}`,
          rehearse: async () => requireScope(principal, 'tasks:run'),
        },
      }),
    duplicateTask: (ref, name) =>
      guard({
        act: 'create_action',
        verb: 'create_task',
        subject: ref,
        asked: { like: ref, name: name ?? null },
        work: () => plain.duplicateTask(ref, name),
        after: ({ task }) => ({ subject: task.id, detail: accountOf(task) }),
        waiting: {
          verb: 'duplicate_task',
          content: [ref, name],
          title: `make a copy of the task ${JSON.stringify(ref)}`,
          rehearse: async () => requireScope(principal, 'tasks:write'),
        },
      }),
    restoreVersion: async (ref, version, revision) => {
      const pinned = isApproved
        ? { revision }
        : await pin(ports, principal, ref, revision === undefined ? {} : { revision });
      return onTask('update_task', ref, {
        act: 'update_action',
        asked: { version },
        content: [ref, version, pinned.revision],
        waits: 'restore_version',
        title: `let the task ${JSON.stringify(ref)} say again what it said in version ${version}`,
        work: () => plain.restoreVersion(ref, version, revision),
        taskOf: ({ task }) => task,
      });
    },
    changeTasks: (change) => changeTasks(ports, principal, change, services),
    ...guardAdministration(guard, plain),
    ...guardWebhooks(guard, plain),
  };
  return services;
}

/** A run with another prompt or directory is as good as another task. */
function runAct({ cwd, prompt }: Pick<RunTaskRequest, 'cwd' | 'prompt'>): Act {
  return cwd === undefined && prompt === undefined ? 'run_task' : 'override_run';
}

/** An edit that waits is for the task as it is now: a person approves what they have seen. */
async function pin(
  ports: ServicePorts,
  principal: Principal,
  ref: TaskRef,
  edit: TaskEdit,
): Promise<TaskEdit> {
  if (edit.revision !== undefined) return edit;
  const task = await findTask(ports, principal, ref).catch(() => undefined);
  return task === undefined ? edit : { ...edit, revision: task.revision };
}

async function requireMayChange(
  ports: ServicePorts,
  principal: Principal,
  ref: TaskRef,
  scope: 'tasks:write' | 'tasks:run' = 'tasks:write',
): Promise<void> {
  requireScope(principal, scope);
  requireOffspring(await delegatorOf(ports, principal), await findTask(ports, principal, ref));
}

/** What the trail keeps of a task. */
function accountOf({ id, state, revision, definition }: Task): Json {
  return { id, state, revision, ...definitionWithoutValues(definition) };
}
