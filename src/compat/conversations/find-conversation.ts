import type { MessageAction } from '../../domain/action.ts';
import { Refusal } from '../../domain/refusal.ts';
import { isFinal, type Run } from '../../domain/run.ts';
import type { Task } from '../../domain/task.ts';
import type { Services } from '../../service/services.ts';

/** The words of the older system, in the order of the numbers that its REST answers use. */
export const STATUSES = ['Scheduled', 'InProgress', 'Completed', 'Failed', 'Cancelled'] as const;
export type Status = (typeof STATUSES)[number];

/** A text with its time and target, as a task that delivers a message. */
export type Conversation = {
  readonly id: string;
  readonly task: Task;
  readonly action: MessageAction;
};

/** What came of a conversation so far. */
export type Progress = { readonly status: Status; readonly run: Run | undefined };

/** By this reason a paused task is known as a cancelled conversation. */
export const CANCELLED_REASON = 'Its client cancelled the conversation.';

/** The conversation with this id, which must be a GUID; `undefined` when there is none. */
export async function findConversation(
  services: Services,
  id: string,
): Promise<Conversation | undefined> {
  const foreignId = guidOf(id);
  if (foreignId === undefined) {
    throw new Refusal('invalid', 'The id of the conversation is not a GUID.');
  }
  try {
    const { task } = await services.getTask(foreignId);
    const found = conversationOf(task);
    // The services also take names, and a name may look like an id.
    return found?.id === foreignId ? found : undefined;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not_found') return undefined;
    throw error;
  }
}

/** A task of the profile's namespace as a conversation, unless its owner made something else of it. */
export function conversationOf(task: Task): Conversation | undefined {
  const { action } = task.definition;
  if (action.kind !== 'message' || task.foreignId === undefined) return undefined;
  return { id: task.foreignId, task, action };
}

/** A conversation is in progress from the moment it is due, also while it waits for a free worker. */
export async function progressOf(services: Services, { task }: Conversation): Promise<Progress> {
  switch (task.state) {
    case 'active':
      return { status: 'Scheduled', run: undefined };
    case 'paused':
      return {
        status: task.stateReason === CANCELLED_REASON ? 'Cancelled' : 'Scheduled',
        run: undefined,
      };
    case 'ended': {
      const { items } = await services.listRuns({ task: task.id, limit: 1 });
      return { status: statusOf(items[0]), run: items[0] };
    }
  }
}

/** A time that passed without a run was missed for good. */
function statusOf(run: Run | undefined): Status {
  if (run === undefined) return 'Failed';
  if (!isFinal(run.state)) return 'InProgress';
  switch (run.state) {
    case 'succeeded':
      return 'Completed';
    case 'failed':
      return 'Failed';
    case 'cancelled':
      return 'Cancelled';
  }
}

/** The forms of a GUID that .NET reads: with hyphens or without, bare, in braces or in parentheses. */
function guidOf(text: string): string | undefined {
  const bare = /^(?:\{(.+)\}|\((.+)\)|(.+))$/.exec(text.trim());
  const inner = (bare?.[1] ?? bare?.[2] ?? bare?.[3] ?? '').toLowerCase();
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(inner)) return inner;
  if (!/^[0-9a-f]{32}$/.test(inner)) return undefined;
  return inner.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
