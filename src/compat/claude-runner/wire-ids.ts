import type { RunId } from '../../domain/id.ts';
import type { Run } from '../../domain/run.ts';
import type { Task } from '../../domain/task.ts';
import type { Services } from '../../service/services.ts';
import type { WebhookDetail } from '../../service/webhooks/webhook-requests.ts';
import { orNothing } from '../mcp-scheduler/find-by-wire-id.ts';

const WIRE_ID = /^[0-9a-f]{8}$/;
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
/** Eight hexadecimal digits are the last 32 bits of an id, which are random. */
const CHARACTERS_READ = 7;

/** Runs that are looked through for an id of 32 bits. */
const RUNS_LOOKED_AT = 1_000;
const PAGE_ITEMS = 50;

export function newWireId(): string {
  return crypto.randomUUID().slice(0, 8);
}

export function wireRunId(id: RunId): string {
  let value = 0n;
  for (const character of id.slice(-CHARACTERS_READ)) {
    value = (value << 5n) | BigInt(Math.max(0, ALPHABET.indexOf(character)));
  }
  return (value & 0xff_ff_ff_ffn).toString(16).padStart(8, '0');
}

/** A job: a task that no webhook keeps. */
export async function findJob(services: Services, id: string): Promise<Task | undefined> {
  if (!WIRE_ID.test(id)) return undefined;
  const detail = await orNothing(() => services.getTask(id));
  // The services also take names, and a name may look like an id.
  return detail?.task.foreignId === id ? detail.task : undefined;
}

export async function findWebhook(
  services: Services,
  id: string,
): Promise<WebhookDetail | undefined> {
  if (!WIRE_ID.test(id)) return undefined;
  const detail = await orNothing(() => services.getWebhook(id));
  return detail?.webhook.foreignId === id ? detail : undefined;
}

/** The run with this id, among the latest. */
export async function findRun(services: Services, id: string): Promise<Run | undefined> {
  if (!WIRE_ID.test(id)) return undefined;
  for await (const run of latestRuns(services, {}, RUNS_LOOKED_AT)) {
    if (wireRunId(run.id) === id) return run;
  }
  return undefined;
}

/** Newest first. */
export async function* latestRuns(
  services: Services,
  query: { readonly task?: string; readonly since?: Temporal.Instant },
  runsMax: number,
): AsyncGenerator<Run> {
  let cursor: string | undefined;
  for (let seen = 0; seen < runsMax; seen += PAGE_ITEMS) {
    const limit = Math.min(PAGE_ITEMS, runsMax - seen);
    const page = await services.listRuns({
      ...query,
      limit,
      ...(cursor === undefined ? {} : { cursor }),
    });
    yield* page.items;
    ({ cursor } = page);
    if (cursor === undefined) return;
  }
}
