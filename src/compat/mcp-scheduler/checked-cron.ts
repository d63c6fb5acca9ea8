import { Refusal } from '../../domain/refusal.ts';
import type { WhenInput } from '../../domain/schedule/parse-when.ts';
import type { Services } from '../../service/services.ts';

/** The schedule as the services read it. Refuses with the words that the older system begins with. */
export async function checkedCron(services: Services, schedule: string): Promise<WhenInput> {
  const when = { cron: schedule, dialect: 'croniter' } as const;
  try {
    await services.previewSchedule({ when, zone: 'UTC', count: 1 });
    return when;
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'invalid') throw error;
    throw new Refusal('invalid', `Invalid cron expression: ${error.message}`, error.hint);
  }
}
