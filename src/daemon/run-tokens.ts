import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Delegation } from '../domain/delegation.ts';
import { isRunId, type RunId } from '../domain/id.ts';
import type { Run } from '../domain/run.ts';
import type { Task } from '../domain/task.ts';
import type { TokenReader } from '../http/http-deps.ts';
import type { Store } from '../ports/store.ts';

const PREFIX = 'crr_';

/**
 * The token of the attempt that a run is at. It is computed from the key, so that nothing is kept of it
 * and a daemon that starts anew knows those of the agents that went on meanwhile.
 */
export function runTokenOf(key: Uint8Array, { id, attempt }: Pick<Run, 'id' | 'attempt'>): string {
  return `${PREFIX}${id}.${attempt}.${signatureOf(key, id, attempt).toString('base64url')}`;
}

/**
 * Reads the tokens of agent runs. One is valid while its attempt is in progress, nobody has asked the
 * run to end, and its task, as it is now, lets its runs make tasks.
 */
export function runTokenReader(key: Uint8Array, store: Store): TokenReader {
  return async (token, client) => {
    const claimed = parse(token);
    if (claimed === undefined || !isSigned(key, claimed)) return undefined;
    const run = await store.getRun(claimed.id);
    const isInProgress =
      run?.state === 'running' &&
      run.attempt === claimed.attempt &&
      run.cancelRequestedAt === undefined;
    if (!isInProgress) return undefined;
    const task = await store.findTask({ by: 'id', id: run.taskId });
    const delegation = task && delegationOf(task);
    if (task === undefined || delegation === undefined) return undefined;
    return {
      kind: 'agent_run',
      id: `agent ${run.id}`,
      scopes: delegation.scopes,
      client,
      parentRunId: run.id,
      namespace: task.namespace,
    };
  };
}

function delegationOf({ definition }: Task): Delegation | undefined {
  return definition.action.kind === 'agent' ? definition.action.delegation : undefined;
}

type Claimed = { readonly id: RunId; readonly attempt: number; readonly signature: Buffer };

function parse(token: string): Claimed | undefined {
  const match = /^crr_(run_[0-9a-z]{26})\.([1-9]\d{0,8})\.([A-Za-z0-9_-]{43})$/.exec(token);
  const [, id = '', attempt = '', signature = ''] = match ?? [];
  if (!isRunId(id)) return undefined;
  return { id, attempt: Number(attempt), signature: Buffer.from(signature, 'base64url') };
}

function isSigned(key: Uint8Array, { id, attempt, signature }: Claimed): boolean {
  const wanted = signatureOf(key, id, attempt);
  return signature.length === wanted.length && timingSafeEqual(signature, wanted);
}

function signatureOf(key: Uint8Array, id: RunId, attempt: number): Buffer {
  return createHmac('sha256', key)
    .update(`${id}.${String(attempt)}`)
    .digest();
}
