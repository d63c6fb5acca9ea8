import { z } from 'zod';
import type { ReminderAction } from '../domain/action.ts';

export const reminderInput = z.strictObject({
  kind: z.literal('reminder'),
  title: z.string(),
  body: z.string().optional(),
  channels: z.array(z.string()).optional().describe('in order; default: as configured'),
  sound: z.string().optional().describe('name, or none'),
});

export function toReminder(input: z.output<typeof reminderInput>): ReminderAction {
  return {
    kind: 'reminder',
    title: input.title,
    body: input.body ?? '',
    channels: input.channels ?? [],
    sound: input.sound,
  };
}
