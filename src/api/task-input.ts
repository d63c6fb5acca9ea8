import { z } from 'zod';
import { AFTER_OUTCOMES } from '../domain/chain.ts';
import type { TaskDraft, TaskEdit } from '../service/services.ts';
import { actionInput, toAction } from './action-input.ts';
import { given } from './given.ts';
import { listedAs } from './json-schema.ts';
import { policiesShape, toPoliciesDraft } from './policies-input.ts';
import { toWhenInput, toWhenOptions, whenInput, whenOptionsShape } from './when-input.ts';

const definitionShape = {
  description: z.string().max(2_000).optional().describe('for people'),
  when: whenInput.optional(),
  timezone: z.string().optional().describe('IANA name; default: the zone of the daemon'),
  ...whenOptionsShape,
  after: listedAs(
    z
      .strictObject({
        task: z.string().min(1).optional(),
        outcomes: z.array(z.enum(AFTER_OUTCOMES)).min(1).max(3).optional(),
      })
      .optional(),
    {
      type: 'object',
      description:
        'start after runs of another: {task, outcomes: [succeeded|failed|any]}; {} removes it',
    },
  ),
  ...policiesShape,
  tags: z.array(z.string()).max(20).optional().describe('for list_tasks'),
};

/** A task by id or name. */
export const taskRef = z.string().min(1).describe('id or name of the task');

export const createTaskInput = z.strictObject({
  name: z.string().min(1).max(200).describe('unique'),
  action: actionInput,
  ...definitionShape,
  paused: z.boolean().optional().describe('make it, but start nothing yet'),
  idempotency_key: z.string().min(1).max(200).optional().describe('same key: no second task'),
});
export type CreateTaskInput = z.output<typeof createTaskInput>;

export const updateTaskInput = z.strictObject({
  task: taskRef,
  name: z.string().min(1).max(200).optional().describe('a new one'),
  action: listedAs(actionInput.optional(), {
    type: 'object',
    description: 'replaces the whole action; as for create_task',
  }),
  ...definitionShape,
  remove_schedule: z.boolean().optional().describe('from then on it runs only when asked'),
  revision: z.int().optional().describe('refused when the task has another by now'),
});
export type UpdateTaskInput = z.output<typeof updateTaskInput>;

/** @param clientFolder where the client works: relative folders are meant from there. */
export function toTaskDraft(input: CreateTaskInput, clientFolder?: string): TaskDraft {
  return {
    ...toDefinition(input),
    name: input.name,
    action: toAction(input.action, clientFolder),
    ...given({ isPaused: input.paused, idempotencyKey: input.idempotency_key }),
  };
}

export function toTaskEdit(input: Omit<UpdateTaskInput, 'task'>, clientFolder?: string): TaskEdit {
  return {
    ...toDefinition(input),
    ...given({
      name: input.name,
      action: input.action && toAction(input.action, clientFolder),
      removesSchedule: input.remove_schedule === true ? true : undefined,
      revision: input.revision,
    }),
  };
}

type Definition = Pick<
  TaskEdit,
  'description' | 'when' | 'whenOptions' | 'zone' | 'after' | 'policies' | 'tags'
>;

function toDefinition(
  input: Omit<CreateTaskInput, 'name' | 'action'> | Omit<UpdateTaskInput, 'task'>,
): Definition {
  return given({
    description: input.description,
    when: input.when === undefined ? undefined : toWhenInput(input.when),
    whenOptions: toWhenOptions(input),
    zone: input.timezone,
    after: input.after && given(input.after),
    policies: toPoliciesDraft(input),
    tags: input.tags,
  });
}
