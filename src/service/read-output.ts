import { requireScope, type Principal } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Run } from '../domain/run.ts';
import type { OutputPage } from '../ports/output.ts';
import { findRun } from './find-run.ts';
import type { OutputRequest, ServicePorts } from './services.ts';

const BYTES_DEFAULT = 16 * 1_024;
const BYTES_MAX = 64 * 1_024;

const NOTHING: OutputPage = {
  text: '',
  offset: 0,
  nextOffset: 0,
  keptBytes: 0,
  totalBytes: 0,
  droppedBytes: 0,
};

/** A page of what an attempt printed. A negative offset counts from the end. */
export async function readOutput(
  ports: ServicePorts,
  principal: Principal,
  request: OutputRequest,
): Promise<OutputPage & { readonly run: Run; readonly attempt: number }> {
  requireScope(principal, 'tasks:read');
  const run = await findRun(ports, principal, request.run);
  const attempt = request.attempt ?? run.attempt;
  if (attempt === 0 && run.attempt === 0) return { ...NOTHING, run, attempt };
  requireAttempt(run, attempt);
  const page = await ports.output.read(run.id, attempt, {
    offset: Math.trunc(request.offset ?? 0),
    bytesMax: Math.min(BYTES_MAX, Math.max(1, Math.trunc(request.bytesMax ?? BYTES_DEFAULT))),
    stream: request.stream ?? 'all',
  });
  return { ...page, run, attempt };
}

function requireAttempt(run: Run, attempt: number): void {
  if (Number.isInteger(attempt) && attempt >= 1 && attempt <= run.attempt) return;
  const had = run.attempt === 0 ? 'no attempt yet' : `attempts 1 to ${run.attempt}`;
  throw new Refusal('invalid', `The run ${run.id} has no attempt ${attempt}: it has ${had}.`);
}
