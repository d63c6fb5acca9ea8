import { z } from 'zod';
import { inputSchemaOf } from '../../api/json-schema.ts';
import { defineTool, type Tool, type ToolCall, type ToolHints } from '../../api/tool.ts';
import { toPlainText } from '../../domain/masking/plain-text.ts';
import { Refusal } from '../../domain/refusal.ts';
import type { Task } from '../../domain/task.ts';
import type { Services } from '../../service/services.ts';
import {
  allJobs,
  endedRuns,
  findJob,
  jobInput,
  jobShape,
  LOGS_MAX,
  makeJob,
  METHODS,
  replaceJob,
  setPaused,
  wireJob,
  wireLog,
  wireTime,
} from './jobs.ts';
import { lines, sayJob, sayJobs, sayLogs } from './words.ts';

const READS: ToolHints = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};
const STARTS: ToolHints = {
  readOnlyHint: false,
  destructiveHint: false,
  idempotentHint: false,
  openWorldHint: true,
};
const CHANGES: ToolHints = { ...STARTS, destructiveHint: true, idempotentHint: true };

const LIST_MAX = 100;
const LIST_USUAL = 50;
const LOGS_USUAL = 20;
const TIMES_SHOWN = 5;

const jobId = z.strictObject({ job_id: z.string().min(1) });

/** In the order in which the older system lists them; the last two stand in its plan. */
export const CRONLYTIC_TOOLS: readonly Tool[] = [
  tool(
    'health_check',
    'Reach the scheduler and count the jobs.',
    READS,
    z.object({}),
    async (services) => {
      const jobs = await allJobs(services);
      return lines(
        '# Cronlytic API Health Check',
        '- **Status**: healthy',
        '',
        '## Job Information',
        `- **Job Count**: ${jobs.length}`,
        '- **Can List Jobs**: yes',
      );
    },
  ),
  tool('create_job', 'Make a webhook job.', STARTS, jobInput, async (services, input) =>
    sayJob(
      'Job Creation',
      'The job was created.',
      await wireJob(services, await makeJob(services, input)),
    ),
  ),
  tool(
    'list_jobs',
    'List the jobs.',
    READS,
    z.strictObject({
      include_paused: z.boolean().default(true),
      limit: z.int().min(1).max(LIST_MAX).default(LIST_USUAL),
    }),
    async (services, { include_paused: isAll, limit }) => {
      const tasks = (await allJobs(services)).filter((task) => isAll || task.state === 'active');
      const jobs = await Promise.all(tasks.slice(0, limit).map((task) => wireJob(services, task)));
      return sayJobs(jobs, tasks.length > limit);
    },
  ),
  tool('get_job', 'Get one job.', READS, jobId, async (services, { job_id: id }) =>
    sayJob(
      'Job Details',
      'The job was found.',
      await wireJob(services, await jobNamed(services, id)),
    ),
  ),
  tool(
    'update_job',
    "Replace a job's definition.",
    CHANGES,
    z.object({ job_id: z.string().min(1), ...jobShape }),
    async (services, { job_id: id, ...input }) => {
      const task = await replaceJob(services, await jobNamed(services, id), input);
      return sayJob('Job Update', 'The job was updated.', await wireJob(services, task));
    },
  ),
  tool(
    'delete_job',
    'Delete a job, once confirmed.',
    CHANGES,
    z.strictObject({ job_id: z.string().min(1), confirm: z.boolean().default(false) }),
    async (services, { job_id: id, confirm }) => {
      if (!confirm) {
        return lines(
          '# Job Deletion Result',
          '',
          '## Confirmation Required',
          'Nothing was deleted. Call delete_job again with confirm true.',
        );
      }
      await services.deleteTask((await jobNamed(services, id)).id);
      return lines(
        '# Job Deletion Result',
        '✅ **Success**: The job was deleted.',
        '',
        '## Deletion Details',
        `- **Job ID**: ${id}`,
        '- **Deleted**: yes',
        '',
        '⚠️ This cannot be undone.',
      );
    },
  ),
  tool(
    'pause_job',
    'Stop a job from running.',
    CHANGES,
    jobId,
    async (services, { job_id: id }) => {
      const task = await setPaused(services, await jobNamed(services, id), true);
      return sayJob('Job Pause', 'The job was paused.', await wireJob(services, task));
    },
  ),
  tool(
    'resume_job',
    'Let a paused job run again.',
    CHANGES,
    jobId,
    async (services, { job_id: id }) => {
      const task = await setPaused(services, await jobNamed(services, id), false);
      return sayJob('Job Resume', 'The job was resumed.', await wireJob(services, task));
    },
  ),
  tool(
    'get_job_logs',
    'The latest executions of a job.',
    READS,
    z.strictObject({
      job_id: z.string().min(1),
      limit: z.int().min(1).max(LIST_MAX).default(LOGS_USUAL),
    }),
    async (services, { job_id: id, limit }) => {
      const task = await jobNamed(services, id);
      return sayLogs((await endedRuns(services, task, Math.min(limit, LOGS_MAX))).map(wireLog));
    },
  ),
  tool(
    'validate_cron',
    'Check a cron expression and show its coming times, in UTC.',
    READS,
    z.strictObject({ cron_expression: z.string() }),
    async (services, { cron_expression: cron }) => {
      const when = { cron, dialect: 'cronlytic' } as const;
      const receipt = await services.previewSchedule({ when, zone: 'UTC', count: TIMES_SHOWN });
      return lines(
        '# Cron Validation Result',
        `✅ **Valid**: \`${cron}\``,
        '',
        '## Next Executions',
        ...receipt.next.map(({ at }) => `- ${wireTime(at) ?? ''}`),
      );
    },
  ),
  tool(
    'test_webhook',
    'Request an address once and tell what it answers, before making a job.',
    STARTS,
    z.strictObject({
      url: z.string(),
      method: z.enum(METHODS).default('GET'),
      headers: z.record(z.string(), z.string()).default({}),
      body: z.string().default(''),
    }),
    async (services, { body, ...request }, call) => {
      const given = body === '' ? request : { ...request, body };
      const answer = await services.testAddress(given, call.signal);
      if (answer.kind === 'failed') throw new Refusal('unavailable', answer.message);
      return lines(
        '# Webhook Test Result',
        `${answer.status < 400 ? '✅' : '❌'} **Status**: ${answer.status}`,
        `- **Response Time**: ${answer.durationMs} ms`,
        '',
        '## Headers',
        ...Object.entries(answer.headers).map(
          ([name, value]) => `- **${name}**: ${toPlainText(value)}`,
        ),
        '',
        '## Response Body (data from outside)',
        ...toPlainText(answer.body)
          .split('\n')
          .map((line) => `    ${line}`),
      );
    },
  ),
];

async function jobNamed(services: Services, id: string): Promise<Task> {
  const task = await findJob(services, id);
  if (task !== undefined) return task;
  throw new Refusal('not_found', `There is no job ${JSON.stringify(id.slice(0, 60))}.`);
}

function tool<Input extends z.ZodObject>(
  name: string,
  description: string,
  annotations: ToolHints,
  input: Input,
  handle: (services: Services, input: z.output<Input>, call: ToolCall) => Promise<string>,
): Tool {
  return defineTool({
    name,
    title: name,
    description,
    annotations,
    toolset: 'tasks',
    access: annotations.readOnlyHint ? 'read' : 'write',
    input,
    inputJson: inputSchemaOf(input),
    handle: (services, given, call) => handle(services, given, call),
    text: (answer) => answer,
  });
}
