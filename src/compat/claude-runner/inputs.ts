import { z } from 'zod';

const text = z.string();

export const nothing = z.strictObject({});
export const jobId = z.strictObject({ job_id: text });
export const runId = z.strictObject({ run_id: text });
export const webhookId = z.strictObject({ webhook_id: text });

export const createJobInput = z.strictObject({
  name: text,
  cron: text,
  prompt: text,
  command: text.default('claude'),
  tools: text.default('[]'),
  environment: text.default('{}'),
  timeout_minutes: z.int().default(30),
});
export const updateJobInput = z.strictObject({
  job_id: text,
  name: text.optional(),
  cron: text.optional(),
  prompt: text.optional(),
  enabled: z.boolean().optional(),
  timeout_minutes: z.int().optional(),
  tools: text.optional(),
});
export const listRunsInput = z.strictObject({
  job_id: text.optional(),
  webhook_id: text.optional(),
  limit: z.int().default(20),
});
export const createWebhookInput = z.strictObject({
  name: text,
  prompt_template: text,
  description: text.default(''),
});
export const updateWebhookInput = z.strictObject({
  webhook_id: text,
  name: text.optional(),
  prompt_template: text.optional(),
  description: text.optional(),
  enabled: z.boolean().optional(),
});

const serverName = { server_name: text };
const name = { name: text };

/** What the tools take that are listed and not served. */
export const UNSERVED_INPUTS = {
  set_server_credential: z.strictObject({ ...serverName, var_name: text, value: text }),
  get_server_credentials: z.strictObject(serverName),
  list_required_credentials: z.strictObject(serverName),
  delete_server_credential: z.strictObject({ ...serverName, var_name: text }),
  enable_fixed_server: z.strictObject(name),
  disable_fixed_server: z.strictObject(name),
  create_mcp_server: z.strictObject({
    ...name,
    code: text,
    description: text.default(''),
    env_vars: text.default(''),
  }),
  update_mcp_server: z.strictObject({ ...name, code: text, description: text.optional() }),
  delete_mcp_server: z.strictObject(name),
  get_dynamic_mcp_server: z.strictObject(name),
  enable_mcp_server: z.strictObject(name),
  disable_mcp_server: z.strictObject(name),
  invoke_internal_mcp_tool: z.strictObject({ tool: text, payload: text.default('{}') }),
} as const;
