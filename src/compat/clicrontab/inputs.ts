import { z } from 'zod';
import type { JsonObject } from '../../domain/json.ts';

// Unknown arguments are left aside, as the older system does.
const text = z.string().min(1);

export const createInput = z.object({
  name: z.string().nullish(),
  prompt: text,
  cron: text,
  working_dir: text,
  timeout_minutes: z.int().min(0).default(30),
});
export const listTasksInput = z.object({ status: z.string().nullish() });
export const taskIdInput = z.object({ task_id: z.string() });
export const updateInput = z.object({
  task_id: z.string(),
  prompt: z.string().nullish(),
  cron: z.string().nullish(),
  working_dir: z.string().nullish(),
  paused: z.boolean().nullish(),
});
export const runInput = z.object({ task_id: z.string(), working_dir: z.string().nullish() });
export const listRunsInput = z.object({ task_id: z.string(), limit: z.int().default(20) });
export const logInput = z.object({ run_id: z.string(), tail: z.int().default(0) });
export const previewInput = z.object({ cron_expr: text, count: z.int().default(5) });

const string = (description: string): JsonObject => ({ type: 'string', description });
const taskId = string('任务 ID');
const cron = string('Cron 表达式（5 字段：分 时 日 月 周）');

export const createJson = objectSchema(
  {
    name: string('任务名称（可选）'),
    prompt: string('要执行的 Claude prompt'),
    cron,
    working_dir: string('命令执行的工作目录'),
    timeout_minutes: { type: 'integer', minimum: 0, description: '超时时间（分钟），默认 30' },
  },
  ['prompt', 'cron', 'working_dir'],
);
export const listTasksJson = objectSchema(
  {
    status: { type: 'string', description: '过滤状态: active/paused', enum: ['active', 'paused'] },
  },
  [],
);
export const taskIdJson = objectSchema({ task_id: taskId }, ['task_id']);
export const updateJson = objectSchema(
  {
    task_id: taskId,
    prompt: string('新的 prompt'),
    cron,
    working_dir: string('新的工作目录'),
    paused: { type: 'boolean', description: '是否暂停' },
  },
  ['task_id'],
);
export const runJson = objectSchema(
  { task_id: taskId, working_dir: string('临时覆盖工作目录（可选）') },
  ['task_id'],
);
export const listRunsJson = objectSchema(
  { task_id: taskId, limit: { type: 'integer', minimum: 1, maximum: 100, default: 20 } },
  ['task_id'],
);
export const logJson = objectSchema(
  {
    run_id: string('运行 ID'),
    tail: { type: 'integer', minimum: 0, description: '只返回最后 N 行；0 表示全部' },
  },
  ['run_id'],
);
export const previewJson = objectSchema(
  { cron_expr: cron, count: { type: 'integer', minimum: 1, maximum: 10, default: 5 } },
  ['cron_expr'],
);

function objectSchema(properties: JsonObject, required: readonly string[]): JsonObject {
  return { type: 'object', properties, ...(required.length === 0 ? {} : { required }) };
}
