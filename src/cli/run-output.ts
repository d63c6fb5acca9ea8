import type { OutputView } from '../api/output-view.ts';
import { openApi, type Api } from './api-client.ts';
import type { Context } from './context.ts';
import { inPath, query } from './read-flags.ts';

export type OutputFlags = {
  readonly follow?: boolean;
  readonly attempt?: string;
  readonly stream?: string;
};

/** `carillon runs logs`: what a run printed, and with `--follow` what it goes on to print. */
export async function showOutput(context: Context, run: string, flags: OutputFlags): Promise<void> {
  await followOutput(await openApi(context), context, run, flags);
}

/** Writes the output as it comes. @returns when all that was asked for is written, or `signal` aborts. */
export async function followOutput(
  api: Api,
  context: Context,
  run: string,
  flags: OutputFlags,
  signal?: AbortSignal,
): Promise<void> {
  let offset = 0;
  for (;;) {
    const path = `/runs/${inPath(run)}/output${query({
      offset: String(offset),
      bytes_max: String(PAGE_BYTES_MAX),
      attempt: flags.attempt,
      stream: flags.stream,
    })}`;
    const page = (await api.ask({ method: 'GET', path })) as OutputView;
    write(context, page);
    offset = page.next_offset;
    if (page.has_more) continue;
    if (page.is_final || flags.follow !== true) return;
    await pause(FOLLOW_MS);
    if (signal?.aborted === true) return;
  }
}

const PAGE_BYTES_MAX = 65_536;
const FOLLOW_MS = 300;

function write(context: Context, page: OutputView): void {
  if (!context.isJson) {
    process.stdout.write(page.text);
    return;
  }
  if (page.text !== '' || page.is_final) process.stdout.write(`${JSON.stringify(page)}\n`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
