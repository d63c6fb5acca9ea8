import { z } from 'zod';
import type { SecretGrants } from '../domain/secrets/secret-grants.ts';
import type { SecretListing } from '../ports/secrets.ts';
import type { SecretUses } from '../service/secret-uses.ts';
import { timeIn } from './times.ts';

const name = z.string();
const names = z.array(z.string()).max(100);
const grants = {
  for_tasks: names.optional().describe('Ids or names of tasks.'),
  for_servers: names.optional().describe('Names of MCP servers of agents.'),
  for_hosts: names.optional().describe('host, host:port or *.host.'),
};

export const secretPath = z.strictObject({ name });
export const secretValue = z.strictObject({ name, value: z.string(), ...grants });
export const secretGrants = z.strictObject({ name, ...grants });
export const secretRotation = z.strictObject({ key: z.enum(['data', 'master']).default('data') });

type GrantsInput = {
  readonly for_tasks?: readonly string[] | undefined;
  readonly for_servers?: readonly string[] | undefined;
  readonly for_hosts?: readonly string[] | undefined;
};

/** @returns `undefined` when nothing was said, so that grants stay as they are. */
export function givenGrants(input: GrantsInput): SecretGrants | undefined {
  const { for_tasks, for_servers, for_hosts } = input;
  return (for_tasks ?? for_servers ?? for_hosts) === undefined ? undefined : toGrants(input);
}

export function toGrants({ for_tasks, for_servers, for_hosts }: GrantsInput): SecretGrants {
  return { tasks: for_tasks ?? [], servers: for_servers ?? [], hosts: for_hosts ?? [] };
}

export const secretView = z.object({
  name: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
  for_tasks: z.array(z.string()),
  for_servers: z.array(z.string()),
  for_hosts: z.array(z.string()),
  last_used: z
    .object({
      at: z.string(),
      task_id: z.string(),
      task_name: z.string(),
      run_id: z.string(),
    })
    .nullable(),
});

export type SecretView = z.output<typeof secretView>;

const secretUsesView = z.object({
  name: z.string(),
  is_set: z.boolean(),
  tasks: z.array(z.object({ id: z.string(), name: z.string() })),
});
export type SecretUsesView = z.output<typeof secretUsesView>;
export const secretUses = z.object({ uses: z.array(secretUsesView) });

export function viewSecretUses({ name, isSet, tasks }: SecretUses): SecretUsesView {
  return {
    name,
    is_set: isSet,
    tasks: tasks.map(({ id, definition }) => ({ id, name: definition.name })),
  };
}

export const secretList = z.object({ secrets: z.array(secretView) });
export const secretAnswer = z.object({ name: z.string(), warnings: z.array(z.string()) });
export const secretPageAnswer = z.object({ url: z.string(), expires_at: z.string() });
export const rotationAnswer = z.object({ resealed: z.number() });

/** What of a secret may be told. */
export function viewSecret(secret: SecretListing, zone: string): z.output<typeof secretView> {
  const { lastUse, grants } = secret;
  return {
    name: secret.name,
    created_at: timeIn(zone, secret.createdAt),
    updated_at: timeIn(zone, secret.updatedAt),
    for_tasks: [...grants.tasks],
    for_servers: [...grants.servers],
    for_hosts: [...grants.hosts],
    last_used:
      lastUse === undefined
        ? null
        : {
            at: timeIn(zone, lastUse.at),
            task_id: lastUse.taskId,
            task_name: lastUse.taskName,
            run_id: lastUse.runId,
          },
  };
}
