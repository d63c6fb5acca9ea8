import { randomBytes } from 'node:crypto';
import { idSuffix } from '../domain/id.ts';
import type { Ids } from '../ports/ids.ts';
import { systemClock } from './clock.ts';

/** Ids over the machine's randomness; they sort by age. */
export const randomIds: Ids = {
  taskId: () => `task_${suffix()}`,
  runId: () => `run_${suffix()}`,
  webhookId: () => `hook_${suffix()}`,
  randomBytes: (count) => new Uint8Array(randomBytes(count)),
  random: Math.random,
};

function suffix(): string {
  return idSuffix(systemClock.now().epochMilliseconds, randomBytes(ID_RANDOM_BYTES));
}

const ID_RANDOM_BYTES = 10;
