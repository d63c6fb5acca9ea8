import { isRunId, type RunId } from '../../domain/id.ts';
import type { Task } from '../../domain/task.ts';
import type { Services } from '../../service/services.ts';
import { orNothing } from '../mcp-scheduler/find-by-wire-id.ts';

const HEX_ID = /^[0-9a-f]{32}$/;
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const CHARACTER_BITS = 5n;
const RUN_CHARACTERS = 26;

export function newTaskId(): string {
  return crypto.randomUUID().replaceAll('-', '');
}

/** The task with this id of the older system. */
export async function findTask(services: Services, id: string): Promise<Task | undefined> {
  if (!HEX_ID.test(id)) return undefined;
  const detail = await orNothing(() => services.getTask(id));
  // The services also take names, and a name may look like an id.
  return detail?.task.foreignId === id ? detail.task : undefined;
}

/** The 128 bits of a run's id in hexadecimal. */
export function hexRunId(id: RunId): string {
  let value = 0n;
  for (const character of id.slice(id.indexOf('_') + 1)) {
    value = (value << CHARACTER_BITS) | BigInt(Math.max(0, ALPHABET.indexOf(character)));
  }
  return value.toString(16).padStart(32, '0');
}

/** The inverse. */
export function runIdOf(hex: string): RunId | undefined {
  if (!HEX_ID.test(hex)) return undefined;
  let value = BigInt(`0x${hex}`);
  let text = '';
  for (let count = 0; count < RUN_CHARACTERS; count += 1) {
    text = ALPHABET.charAt(Number(value & 31n)) + text;
    value >>= CHARACTER_BITS;
  }
  const id = `run_${text}`;
  return isRunId(id) ? id : undefined;
}
