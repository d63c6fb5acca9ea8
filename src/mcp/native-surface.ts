import type { MakeSurface, Surface } from '../api/surface.ts';
import { encodeAnswer, encodeRefusal } from './encode.ts';
import { INSTRUCTIONS } from './instructions.ts';
import { NATIVE_PROMPTS } from './prompts.ts';
import { answerRun } from './tools/answer-run.ts';
import { cancelRun } from './tools/cancel-run.ts';
import { createTask } from './tools/create-task.ts';
import { deleteTask } from './tools/delete-task.ts';
import { explain } from './tools/explain.ts';
import { getRun } from './tools/get-run.ts';
import { getStatus } from './tools/get-status.ts';
import { getTask } from './tools/get-task.ts';
import { listRuns } from './tools/list-runs.ts';
import { listTasks } from './tools/list-tasks.ts';
import { pauseTask } from './tools/pause-task.ts';
import { previewSchedule } from './tools/preview-schedule.ts';
import { readOutput } from './tools/read-output.ts';
import { resumeTask } from './tools/resume-task.ts';
import { runTask } from './tools/run-task.ts';
import { settleInboxItem } from './tools/settle-inbox-item.ts';
import { updateTask } from './tools/update-task.ts';
import { usage } from './tools/usage.ts';
import { waitForRun } from './tools/wait-for-run.ts';
import { whatHappened } from './tools/what-happened.ts';

/** Carillon as itself. */
export function nativeSurface(version: string): MakeSurface {
  const surface: Surface = {
    name: 'native',
    serverInfo: { name: 'carillon', title: 'Carillon', version },
    instructions: INSTRUCTIONS,
    namespace: 'all',
    tools: NATIVE_TOOLS,
    prompts: NATIVE_PROMPTS,
    hasResources: true,
    routes: [],
    // Models tend to write null for what they leave out.
    prepareArguments: (_tool, given) =>
      Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)),
    encode: (_tool, answer) => encodeAnswer(answer),
    refuse: (_tool, refusal) => encodeRefusal(refusal),
  };
  return () => surface;
}

/** In the order in which clients list them. */
export const NATIVE_TOOLS = [
  createTask,
  updateTask,
  deleteTask,
  pauseTask,
  resumeTask,
  runTask,
  listTasks,
  getTask,
  previewSchedule,
  listRuns,
  getRun,
  waitForRun,
  readOutput,
  cancelRun,
  answerRun,
  explain,
  whatHappened,
  settleInboxItem,
  usage,
  getStatus,
] as const;
