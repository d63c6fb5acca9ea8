import { z } from 'zod';
import type { JsonObject } from '../../domain/json.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { Task } from '../../domain/task.ts';
import type { Services } from '../../service/services.ts';
import { defineRoute } from '../api-route.ts';
import { givenGrants } from '../secret-view.ts';
import { parseArguments } from '../parse-arguments.ts';
import { holds, taskForFile, taskInFile, type TaskInFile } from '../task-file.ts';
import { allWebhooks, webhookForFile, webhookInFile } from '../webhook-file.ts';
import { importWebhooks } from './import-webhooks.ts';
import { toTaskDraft, toTaskEdit } from '../task-input.ts';

/** Tasks of one request. */
const TASKS_AT_ONCE_MAX = 500;
const WEBHOOKS_AT_ONCE_MAX = 100;
const SEALED_CHARS_MAX = 900_000;

const names = z.array(z.string()).optional();
const secretInFile = z.strictObject({
  name: z.string(),
  for_tasks: names,
  for_servers: names,
  for_hosts: names,
});

const exportInput = z.strictObject({ passphrase: z.string().max(1_000).optional() });
const exportAnswer = z.object({
  tasks: z.array(z.looseObject({})),
  webhooks: z.array(z.looseObject({})),
  secrets: z.array(secretInFile),
  sealed: z.string().nullable(),
  left_out: z.number(),
});
const importInput = z.strictObject({
  tasks: z.array(z.looseObject({})).max(TASKS_AT_ONCE_MAX).default([]),
  webhooks: z.array(webhookInFile).max(WEBHOOKS_AT_ONCE_MAX).default([]),
  secrets: z.array(secretInFile).max(1_000).default([]),
  sealed: z.string().max(SEALED_CHARS_MAX).optional(),
  passphrase: z.string().max(1_000).optional(),
  dry_run: z.boolean().default(false),
});
const importAnswer = z.object({
  tasks: z.array(z.object({ name: z.string(), did: z.enum(['created', 'updated', 'unchanged']) })),
  webhooks: z.array(
    z.object({ name: z.string(), did: z.enum(['created', 'updated', 'unchanged']) }),
  ),
  secrets: z.array(z.string()),
  dry_run: z.boolean(),
});

export const TRANSFER_ROUTES = [
  defineRoute({
    method: 'POST',
    path: '/export',
    summary:
      'All tasks and webhooks as they can be imported; with a passphrase the secrets too, sealed under it.',
    scope: 'admin',
    input: exportInput,
    answer: exportAnswer,
    handle: async (services, { passphrase }, { now }) => {
      const all = await services.allTasks();
      const details = await allWebhooks(services);
      // Made again with the webhook that keeps it.
      const kept = new Set(
        details.flatMap(({ webhook }) => (webhook.ownsTask ? [webhook.taskId] : [])),
      );
      const tasks = all.filter(
        ({ id, namespace, state }) => namespace === 'native' && state !== 'ended' && !kept.has(id),
      );
      const taskOf = new Map<string, Task>(all.map((task) => [task.id, task]));
      const webhooks = details
        .map((detail) => webhookForFile(detail, taskOf.get(detail.webhook.taskId)))
        .filter((webhook) => webhook !== undefined);
      const nameOf = (id: string) => all.find((task) => task.id === id)?.definition.name;
      const secrets = await services.listSecrets();
      return {
        body: {
          tasks: leadersFirst(tasks).map((task) => taskForFile(task, nameOf, now())),
          webhooks,
          secrets: secrets.map(({ name, grants }) => ({
            name,
            for_tasks: [...grants.tasks],
            for_servers: [...grants.servers],
            for_hosts: [...grants.hosts],
          })),
          sealed: passphrase === undefined ? null : await services.exportSecrets(passphrase),
          left_out: all.length - tasks.length - kept.size,
        },
      };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/import',
    summary:
      'Makes and changes tasks and webhooks, by their names, as a file says; again, it changes nothing.',
    scope: 'admin',
    input: importInput,
    answer: importAnswer,
    handle: async (services, input, { now }) => {
      const isTrial = input.dry_run;
      const known = new Map(
        (await services.allTasks())
          .filter(({ namespace }) => namespace === 'native')
          .map((task) => [task.definition.name, task] as const),
      );
      const read = input.tasks.map(readTask);
      const nameOf = (id: string) =>
        [...known.values()].find((task) => task.id === id)?.definition.name;
      const secrets = await importSealed(services, input);
      const tasks = [];
      for (const task of read) {
        const before = known.get(task.name);
        const isSame = before !== undefined && isUnchanged(before, task, nameOf, now());
        const did = before === undefined ? 'created' : isSame ? 'unchanged' : 'updated';
        if (!isTrial && !isSame) await writeTask(services, before, task);
        tasks.push({ name: task.name, did } as const);
      }
      const { sealed, passphrase } = input;
      const sealedSecrets =
        isTrial || sealed === undefined || passphrase === undefined || input.webhooks.length === 0
          ? new Map<string, string>()
          : await services.openWebhookSecrets(sealed, passphrase);
      const webhooks = await importWebhooks(services, input.webhooks, sealedSecrets, isTrial);
      return {
        body: { tasks, webhooks: [...webhooks], secrets: [...secrets], dry_run: isTrial },
      };
    },
  }),
] as const;

/** By name, each after the one that it follows. */
function leadersFirst(tasks: readonly Task[]): readonly Task[] {
  const placed = new Set<string>();
  const ordered: Task[] = [];
  const byId = new Map(tasks.map((task) => [task.id as string, task]));
  const place = (task: Task): void => {
    if (placed.has(task.id)) return;
    placed.add(task.id);
    const leader = byId.get(task.definition.after?.taskId ?? '');
    if (leader !== undefined) place(leader);
    ordered.push(task);
  };
  for (const task of tasks.toSorted(byName)) place(task);
  return ordered;
}

function byName({ definition: one }: Task, { definition: other }: Task): number {
  return one.name < other.name ? -1 : 1;
}

function readTask(given: object): TaskInFile {
  const { name } = given as { readonly name?: unknown };
  try {
    return parseArguments(taskInFile, given as JsonObject);
  } catch (error) {
    if (!(error instanceof Refusal) || typeof name !== 'string') throw error;
    const message = `The task ${JSON.stringify(name.slice(0, 200))}: ${error.message}`;
    throw new Refusal(error.code, message, error.hint);
  }
}

/** Whether everything that is said of it holds already. */
function isUnchanged(
  before: Task,
  said: TaskInFile,
  nameOf: (id: string) => string | undefined,
  now: Temporal.Instant,
): boolean {
  return holds(taskForFile(before, nameOf, now), said, { paused: false });
}

async function writeTask(
  services: Services,
  before: Task | undefined,
  said: TaskInFile,
): Promise<void> {
  if (before === undefined) {
    await services.createTask(toTaskDraft(said));
    return;
  }
  const { paused, ...rest } = said;
  await services.updateTask(before.id, toTaskEdit(rest));
  const isPaused = before.state === 'paused';
  if (paused === true && !isPaused) await services.pauseTask(before.id);
  if (paused === false && isPaused) await services.resumeTask(before.id);
}

async function importSealed(
  services: Services,
  input: z.output<typeof importInput>,
): Promise<readonly string[]> {
  const { sealed, passphrase, secrets, dry_run: isTrial } = input;
  if (sealed === undefined || passphrase === undefined) return [];
  const grants = new Map(
    secrets.flatMap((secret) => {
      const given = givenGrants(secret);
      return given === undefined ? [] : [[secret.name, given] as const];
    }),
  );
  return services.importSecrets(sealed, passphrase, grants, isTrial);
}
