import { toPlainText } from '../../domain/masking/plain-text.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import type { Run } from '../../domain/run.ts';
import type { Services } from '../../service/services.ts';
import { orNothing } from '../mcp-scheduler/find-by-wire-id.ts';
import { extOf } from './jobs.ts';
import { templateOf } from './webhooks.ts';
import { findWebhook, wireRunId } from './wire-ids.ts';
import { wireTime, wireTimeOrNull } from './wire-time.ts';

type WireState = 'pending' | 'running' | 'finished' | 'error';

const STATES: Readonly<Record<Run['state'], WireState>> = {
  queued: 'pending',
  held: 'pending',
  waiting: 'pending',
  running: 'running',
  retrying: 'running',
  succeeded: 'finished',
  failed: 'error',
  cancelled: 'error',
};

export function wireState({ state }: Run): WireState {
  return STATES[state];
}

/** What a run going on has printed, in bytes. */
const OUTPUT_BYTES_MAX = 65_536;

/** Jobs and webhooks by the ids of their tasks and of their own, so that a list asks for each once. */
export type Owners = Map<string, { readonly jobId: string; readonly prompt: string }>;

export async function wireRun(
  services: Services,
  run: Run,
  owners: Owners = new Map(),
): Promise<JsonObject> {
  const state = wireState(run);
  const answer = run.result?.answer;
  const { inputTokens = 0, outputTokens = 0, cachedTokens = 0 } = answer?.usage ?? {};
  const owner = await ownerOf(services, run, owners);
  return {
    id: wireRunId(run.id),
    job_id: owner.jobId,
    started_at: wireTime(run.createdAt),
    finished_at: wireTimeOrNull(run.endedAt),
    prompt: owner.prompt,
    command: 'claude',
    output: await outputOf(services, run, state),
    error: errorOf(run, state),
    exit_code: state === 'finished' ? 0 : null,
    state,
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    cost_usd: answer?.costUsd ?? 0,
    model: Object.keys(answer?.costByModel ?? {}).find((name) => name !== ALL_MODELS) ?? null,
    webhook_id: run.trigger === 'webhook' ? owner.jobId : null,
    cache_read_tokens: cachedTokens,
    cache_creation_tokens: 0,
    web_search_requests: 0,
  };
}

/** Under which an engine tells what it took without saying by which model. */
const ALL_MODELS = 'all models';

async function ownerOf(services: Services, run: Run, owners: Owners) {
  const known = owners.get(run.taskId);
  if (known !== undefined) return known;
  const detail = await orNothing(() => services.getTask(run.taskId));
  const ext = detail === undefined ? {} : extOf(detail.task);
  const hook = ext.webhook === undefined ? undefined : await findWebhook(services, ext.webhook);
  const owner = {
    jobId: ext.webhook ?? detail?.task.foreignId ?? '',
    prompt: ext.prompt ?? templateOf(hook),
  };
  owners.set(run.taskId, owner);
  return owner;
}

async function outputOf(services: Services, run: Run, state: WireState): Promise<string | null> {
  const text = run.result?.answer?.text;
  if (text !== undefined) return blocks([{ type: 'result', result: toPlainText(text) }]);
  if (state === 'pending' || run.attempt === 0) return null;
  const page = await orNothing(() =>
    services.readOutput({ run: run.id, bytesMax: OUTPUT_BYTES_MAX }),
  );
  return page === undefined || page.text === ''
    ? null
    : blocks([{ type: 'text', text: toPlainText(page.text) }]);
}

function blocks(list: readonly Json[]): string {
  return JSON.stringify(list);
}

const KILLED = 'Killed by user';

function errorOf(run: Run, state: WireState): string | null {
  if (state !== 'error') return null;
  if (run.state === 'cancelled') return KILLED;
  return run.message ?? run.stateReason ?? 'The run failed.';
}
