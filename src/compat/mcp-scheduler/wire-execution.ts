import type { RunId } from '../../domain/id.ts';
import type { JsonObject } from '../../domain/json.ts';
import { isFinal, type Run } from '../../domain/run.ts';
import type { Services } from '../../service/services.ts';
import { wireTime, wireTimeOrNull } from './wire-time.ts';

/** The older system shows the beginning of what a run printed. */
const OUTPUT_CHARS_MAX = 1_000;
/** Enough bytes for that many characters of any script. */
const OUTPUT_BYTES = 4 * OUTPUT_CHARS_MAX;
/** Bytes of the error stream that an error text repeats. */
const ERROR_BYTES = 16_384;

/** A run in the older system's words, with the beginning of its output. */
export async function wireExecution(services: Services, run: Run): Promise<JsonObject> {
  const hasFailed = run.state === 'failed' || run.state === 'cancelled';
  // A refused request's response belongs to its error, as a failed command's error stream does.
  const isRefused = hasFailed && run.result?.httpStatus !== undefined;
  const answer = run.result?.answer?.text;
  const output = isRefused
    ? ''
    : (answer ?? (await readText(services, run, 'stdout', OUTPUT_BYTES)));
  const detail = async (): Promise<string> =>
    readText(services, run, isRefused ? 'stdout' : 'stderr', ERROR_BYTES);
  return {
    id: executionId(run.id),
    start_time: wireTime(run.startedAt ?? run.createdAt),
    end_time: wireTimeOrNull(run.endedAt),
    status: isFinal(run.state) ? (hasFailed ? 'failed' : 'completed') : 'running',
    output: firstChars(output.trim(), OUTPUT_CHARS_MAX) || null,
    error: hasFailed ? errorText(run, await detail()) : null,
  };
}

/** `exec_` and 12 hex digits, always the same for a run: the last 48 bits of its id, which are random. */
function executionId(id: RunId): string {
  const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
  let value = 0n;
  for (const character of id.slice(-10)) {
    value = (value << 5n) | BigInt(Math.max(0, ALPHABET.indexOf(character)));
  }
  return `exec_${(value & 0xffff_ffff_ffffn).toString(16).padStart(12, '0')}`;
}

function errorText(run: Run, printed: string): string {
  const message = run.message ?? run.stateReason ?? 'The run did not succeed.';
  const detail = printed.trim();
  return detail === '' ? message : `${message}\n${detail}`;
}

async function readText(
  services: Services,
  run: Run,
  stream: 'stdout' | 'stderr',
  bytesMax: number,
): Promise<string> {
  if (run.attempt === 0) return '';
  return (await services.readOutput({ run: run.id, stream, bytesMax })).text;
}

/** Cuts between characters, never inside one. */
function firstChars(text: string, count: number): string {
  return text.length <= count ? text : Array.from(text).slice(0, count).join('');
}
