import { z } from 'zod';
import type { TaskWithReceipt } from '../service/services.ts';
import { receiptView, tellReceipt, tellWarnings, viewReceipt } from './receipt-view.ts';
import { taskView, tellTask, viewTask } from './task-view.ts';

/** A task with what its schedule means. */
export const taskAnswer = z.object({
  task: taskView,
  receipt: receiptView.omit({ warnings: true }).nullable(),
  warnings: z.array(z.string()),
  is_repeat: z.boolean(),
});
export type TaskAnswer = z.output<typeof taskAnswer>;

/** @param zone of a task without a schedule. */
export function viewTaskAnswer(
  { task, receipt, warnings, isRepeat }: TaskWithReceipt,
  zone: string,
): TaskAnswer {
  return {
    task: viewTask(task, zone),
    receipt: receipt === undefined ? null : withoutWarnings(viewReceipt(receipt)),
    warnings: [...warnings],
    is_repeat: isRepeat,
  };
}

export function tellTaskAnswer(answer: TaskAnswer, now: Temporal.Instant): string {
  return [
    tellTask(answer.task, now),
    ...(answer.receipt === null ? [] : [tellReceipt(answer.receipt, now)]),
    ...(answer.warnings.length === 0 ? [] : [tellWarnings(answer.warnings)]),
  ].join('\n');
}

/** The warnings of the task hold those of its receipt. */
function withoutWarnings({ warnings: _said, ...receipt }: ReturnType<typeof viewReceipt>) {
  return receipt;
}
