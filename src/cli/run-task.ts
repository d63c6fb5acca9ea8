import type { RunDetailView, RunView } from '../api/run-view.ts';
import { parseDurationMs } from '../domain/schedule/duration.ts';
import { folderOf } from './action-body.ts';
import { openApi, type Api } from './api-client.ts';
import { CliFailure } from './cli-failure.ts';
import { answer, talk, type Context } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { compact, inPath, jsonObject, query, readStdin } from './read-flags.ts';
import { followOutput } from './run-output.ts';
import { plainText } from './plain-text.ts';
import { sayDuration } from './say-time.ts';

/** `carillon tasks run`: starts a run now, and with `--wait` shows what it prints and how it ends. */
export async function runTask(
  context: Context,
  task: string,
  flags: {
    readonly wait?: boolean;
    readonly timeout?: string;
    readonly overlap?: string;
    readonly cwd?: string;
    readonly prompt?: string;
    readonly payload?: string;
    readonly gates?: boolean;
    readonly key?: string;
  },
): Promise<void> {
  const api = await openApi(context);
  const run = (await api.ask({
    method: 'POST',
    path: `/tasks/${inPath(task)}/runs`,
    body: compact({
      overlap: flags.overlap,
      cwd: flags.cwd === undefined ? undefined : folderOf(flags.cwd, context),
      prompt: flags.prompt,
      gates: flags.gates,
      payload: await payloadOf(flags.payload),
      idempotency_key: flags.key,
    }),
  })) as RunView;
  if (flags.wait !== true) {
    answer(context, run, () => `Started ${run.id}. See it: carillon runs logs ${run.id} -f`);
    return;
  }
  if (context.isJson) {
    endWith(context, await waitUntilOver(api, run.id, flags.timeout));
    return;
  }
  talk(context, `Started ${run.id}.`);
  const following = new AbortController();
  try {
    const [ended] = await Promise.all([
      waitUntilOver(api, run.id, flags.timeout),
      followOutput(api, context, run.id, { follow: true }, following.signal),
    ]);
    endWith(context, ended);
  } finally {
    following.abort();
  }
}

const PAYLOAD_BYTES_MAX = 1_048_576;

async function payloadOf(text: string | undefined): Promise<object | undefined> {
  if (text === undefined) return undefined;
  return jsonObject('--payload', text === '-' ? await readStdin(PAYLOAD_BYTES_MAX) : text);
}

/** `carillon runs wait`. */
export async function waitForRun(context: Context, run: string, timeout: string): Promise<void> {
  const api = await openApi(context);
  endWith(context, await waitUntilOver(api, run, timeout));
}

/** Bound of one question: the daemon answers before that, and is asked again. */
const WAIT_SECONDS_MAX = 30;

async function waitUntilOver(api: Api, run: string, timeout = '1h'): Promise<RunDetailView> {
  const endsAt = performance.now() + parseDurationMs(timeout);
  for (;;) {
    const left = Math.ceil((endsAt - performance.now()) / 1_000);
    const seconds = Math.min(Math.max(left, 1), WAIT_SECONDS_MAX);
    const path = `/runs/${inPath(run)}/wait${query({ seconds: String(seconds) })}`;
    const view = (await api.ask({ method: 'GET', path })) as RunDetailView;
    if (view.is_final) return view;
    if (performance.now() >= endsAt) {
      throw new CliFailure(
        EXIT.failure,
        'unavailable',
        `The run has not ended within ${timeout}; it goes on.`,
        `Wait again: carillon runs wait ${view.id}`,
      );
    }
  }
}

function endWith(context: Context, run: RunDetailView): void {
  process.exitCode = exitCodeOf(run);
  if (context.isJson) {
    answer(context, run, () => '');
    return;
  }
  const took = run.duration_ms === null ? '' : ` after ${sayDuration(run.duration_ms)}`;
  const message = run.message === null ? '' : `: ${plainText(run.message)}`;
  talk(context, `${run.id} ${run.state}${took}${message}`);
}

/** How a run ended, as the program that waited for it is told. */
export function exitCodeOf(
  run: Pick<RunDetailView, 'state' | 'outcome' | 'state_reason'>,
): ExitCode {
  if (run.state === 'succeeded') return EXIT.ok;
  if (run.outcome === 'timed_out') return EXIT.runTimedOut;
  if (run.state_reason === 'budget') return EXIT.runOverBudget;
  return EXIT.runFailed;
}
