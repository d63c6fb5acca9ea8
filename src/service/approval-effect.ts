import type { Json } from '../domain/json.ts';
import { hasExpired, type Approval, type ApprovalVerb } from '../domain/policy/approval.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Task } from '../domain/task.ts';
import { findTask } from './find-task.ts';
import { textOf } from './perform-approved.ts';
import type { ServicePorts, TaskEdit, TaskRef } from './services.ts';
import { rehearseUpdate } from './update-task.ts';
import { editToVersion } from './versions.ts';

/** What an approval would do to a task as that is now. */
export type ApprovalEffect = {
  readonly task: Task | undefined;
  /** The task after it, where it is edited. */
  readonly becomes: Task | undefined;
  /** Why it would be refused by now, in one sentence. */
  readonly refusal: string | undefined;
};

type Target = {
  readonly ref: TaskRef;
  /** The edit, where there is one. */
  readonly edit?: (ports: ServicePorts, approval: Approval) => Promise<TaskEdit>;
  /** The revision that it was asked for. */
  readonly revision?: Json | undefined;
};

const TARGETS: Partial<Record<ApprovalVerb, (content: readonly Json[]) => Target>> = {
  update_task: ([ref, edit]) => ({
    ref: textOf(ref),
    edit: async () => edit as unknown as TaskEdit,
    revision: (edit as unknown as TaskEdit).revision,
  }),
  restore_version: ([ref, version, revision]) => ({
    ref: textOf(ref),
    edit: (ports, { principal }) => editToVersion(ports, principal, textOf(ref), Number(version)),
    revision,
  }),
  delete_task: ([ref, revision]) => ({ ref: textOf(ref), revision }),
  pause_task: ([ref, _reason, revision]) => ({ ref: textOf(ref), revision }),
  resume_task: ([ref, revision]) => ({ ref: textOf(ref), revision }),
  duplicate_task: ([ref]) => ({ ref: textOf(ref) }),
  run_task: ([request]) => ({ ref: (request as { readonly task: string }).task }),
};

/** Looks at what would be done, with nothing written; `undefined` for what is decided, or about no task. */
export async function effectOf(
  ports: ServicePorts,
  approval: Approval,
): Promise<ApprovalEffect | undefined> {
  const target = TARGETS[approval.verb]?.(approval.content);
  const isOpen = approval.state === 'pending' && !hasExpired(approval, ports.clock.now());
  if (target === undefined || !isOpen) return undefined;
  const { principal } = approval;
  try {
    const task = await findTask(ports, principal, target.ref);
    if (typeof target.revision === 'number' && target.revision !== task.revision) {
      const refusal = 'The task has been changed since this was asked for.';
      return { task, becomes: undefined, refusal };
    }
    const edit = await target.edit?.(ports, approval);
    if (edit === undefined) return { task, becomes: undefined, refusal: undefined };
    const { becomes } = await rehearseUpdate(ports, principal, target.ref, edit);
    return { task, becomes, refusal: undefined };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { task: undefined, becomes: undefined, refusal: error.message };
  }
}
