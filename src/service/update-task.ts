import { boundedBy, delegatedBy, type Delegator } from '../domain/delegation.ts';
import type { LedgerEntry } from '../domain/ledger.ts';
import type { After } from '../domain/chain.ts';
import { requireScope, type Principal } from '../domain/principal.ts';
import type { Task, TaskDefinition } from '../domain/task.ts';
import { delegatorOf, requireNoWider, requireOffspring, settingsFor } from './agent-bounds.ts';
import { answerTask } from './answer-task.ts';
import { changeTask, revisionCheck, type TaskChange } from './change-task.ts';
import { checkAction } from './check-action.ts';
import { checkDescription, checkName, checkTags } from './check-text.ts';
import { policiesFor } from './define-task.ts';
import { editSchedule } from './edit-schedule.ts';
import { requireEngine } from './engine-checks.ts';
import { findTask } from './find-task.ts';
import { pauseEntries } from './pause-entries.ts';
import { canonical } from './request-hash.ts';
import { requireGrants } from './require-grants.ts';
import type {
  ServicePorts,
  ServiceSettings,
  TaskEdit,
  TaskRef,
  TaskWithReceipt,
} from './services.ts';
import { resolveAfter } from './task-chain.ts';
import { restart, resumesAfter } from './task-schedule.ts';

/**
 * Changes what an edit names. A new schedule counts from now; what the old one has made due is
 * planned before. An edit that changes nothing is answered without writing.
 */
export async function updateTask(
  ports: ServicePorts,
  principal: Principal,
  ref: TaskRef,
  edit: TaskEdit,
): Promise<TaskWithReceipt> {
  requireScope(principal, 'tasks:write');
  if (edit.action !== undefined) requireEngine(ports, edit.action);
  const granted =
    edit.action === undefined ? edit : { ...edit, action: delegatedBy(principal, edit.action) };
  const delegator = await delegatorOf(ports, principal);
  const settings = settingsFor(principal, ports.settings);
  const checkRevision = revisionCheck(edit.revision);
  const chain = await resolveChain(ports, principal, ref, edit);
  const secrets =
    edit.action === undefined && edit.name === undefined ? [] : await ports.secrets.list();
  const { task, isChanged } = await changeTask(ports, principal, ref, (current, now) => {
    checkRevision(current);
    const change = editTask(current, granted, chain, delegator, settings, now);
    if (change !== undefined) requireGrants(secrets, change.task);
    return change;
  });
  return answerTask(ports, task, !isChanged);
}

/** What an edit says about the task whose runs start this one; `undefined` when it says nothing. */
type Chain = { readonly after?: After };

async function resolveChain(
  ports: ServicePorts,
  principal: Principal,
  ref: TaskRef,
  { after }: TaskEdit,
): Promise<Chain | undefined> {
  if (after === undefined) return undefined;
  const { id } = await findTask(ports, principal, ref);
  const resolved = await resolveAfter(ports, principal, after, id);
  return resolved === undefined ? {} : { after: resolved };
}

/** Refuses what an edit may not do, with nothing written. @returns the task, and what it would be. */
export async function rehearseUpdate(
  ports: ServicePorts,
  principal: Principal,
  ref: TaskRef,
  edit: TaskEdit,
): Promise<{ readonly task: Task; readonly becomes: Task }> {
  requireScope(principal, 'tasks:write');
  const delegator = await delegatorOf(ports, principal);
  const task = await findTask(ports, principal, ref);
  requireOffspring(delegator, task);
  const chain = await resolveChain(ports, principal, ref, edit);
  const settings = settingsFor(principal, ports.settings);
  const change = editTask(task, edit, chain, delegator, settings, await ports.store.now());
  return { task, becomes: change?.task ?? task };
}

/** What an edit makes of a task; `undefined` when that is the same task. */
function editTask(
  task: Task,
  edit: TaskEdit,
  chain: Chain | undefined,
  delegator: Delegator | undefined,
  settings: ServiceSettings,
  now: Temporal.Instant,
): TaskChange | undefined {
  const edited = withChain(editDefinition(task, edit, settings, now), task.definition, chain);
  const definition = bounded(delegator, task, edited);
  const ext = edit.ext ?? task.ext;
  const isNewVersion = canonical(definition) !== canonical(task.definition);
  if (!isNewVersion && canonical(ext) === canonical(task.ext)) return undefined;
  const changed: Task = {
    ...task,
    definition,
    ext,
    version: task.version + (isNewVersion ? 1 : 0),
  };
  if (canonical(definition.schedule) === canonical(task.definition.schedule)) {
    const revived = chain?.after !== undefined && definition.schedule === undefined;
    return {
      task: revived ? { ...changed, ...revivedAt(task, now) } : changed,
      change: 'task.updated',
      entries: [],
    };
  }
  return reschedule(task, changed, now);
}

/** What is tighter by itself is made so; what would widen a bound on purpose is refused. */
function bounded(
  delegator: Delegator | undefined,
  { definition, lineage }: Task,
  edited: TaskDefinition,
): TaskDefinition {
  if (delegator === undefined || lineage === undefined) return edited;
  requireNoWider(definition, edited);
  return boundedBy(delegator, lineage, edited);
}

/** Sets the plan anew. A paused task stays paused: what fell into its pause is closed first. */
function reschedule(old: Task, edited: Task, now: Temporal.Instant): TaskChange {
  const plan = restart(edited.id, edited.definition.schedule, resumesAfter(old, now));
  const entries: readonly LedgerEntry[] = old.state === 'paused' ? pauseEntries(old, now) : [];
  if (old.state === 'paused') {
    return { task: { ...edited, ...plan, next: undefined }, change: 'task.updated', entries };
  }
  return {
    task: { ...edited, ...plan, ...revivedAt(old, now) },
    change: 'task.updated',
    entries,
  };
}

/** What has something to start it again has not ended. */
function revivedAt(old: Task, now: Temporal.Instant): Partial<Task> {
  return old.state === 'ended' ? { state: 'active', stateReason: undefined, stateAt: now } : {};
}

function withChain(
  { after: _old, ...definition }: TaskDefinition,
  before: TaskDefinition,
  chain: Chain | undefined,
): TaskDefinition {
  const { after } = chain ?? before;
  return after === undefined ? definition : { ...definition, after };
}

function editDefinition(
  { definition: current, namespace }: Task,
  edit: TaskEdit,
  settings: ServiceSettings,
  now: Temporal.Instant,
): TaskDefinition {
  const old = edit.definition ?? current;
  const action =
    edit.action === undefined ? old.action : checkAction(edit.action, settings.home, namespace);
  return {
    name: edit.name === undefined ? old.name : checkName(edit.name),
    description:
      edit.description === undefined ? old.description : checkDescription(edit.description),
    schedule: editSchedule(old.schedule, edit, settings, now),
    action,
    policies:
      edit.policies === undefined && edit.action === undefined
        ? old.policies
        : policiesFor(action, old.policies, edit.policies ?? {}, settings.home),
    tags: edit.tags === undefined ? old.tags : checkTags(edit.tags),
  };
}
