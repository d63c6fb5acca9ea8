import { Refusal } from '../../domain/refusal.ts';
import type { Services } from '../../service/services.ts';
import { CANCELLED_REASON, findConversation } from './find-conversation.ts';

/**
 * Calls off a conversation that is not due yet. `false` when there is none, or when it is no longer
 * scheduled: what has become due is delivered, and no answer of ours says otherwise.
 */
export async function cancelConversation(services: Services, id: string): Promise<boolean> {
  const found = await findConversation(services, id);
  if (found === undefined || found.task.stateReason === CANCELLED_REASON) return false;
  try {
    // A task that its owner paused keeps the owner's reason unless it is taken up again first.
    if (found.task.state === 'paused') await services.resumeTask(found.task.id);
    const task = await services.pauseTask(found.task.id, CANCELLED_REASON);
    return task.stateReason === CANCELLED_REASON;
  } catch (error) {
    // It became due meanwhile, or was deleted.
    const isTooLate =
      error instanceof Refusal && (error.code === 'conflict' || error.code === 'not_found');
    if (isTooLate) return false;
    throw error;
  }
}
