import { z } from 'zod';
import type { RunId } from '../domain/id.ts';
import { isRunId } from '../domain/id.ts';
import { Refusal } from '../domain/refusal.ts';

export const runRef = z.string().min(1).describe('id of the run: run_…');

export function toRunId(text: string): RunId {
  if (isRunId(text)) return text;
  throw new Refusal(
    'invalid',
    `${JSON.stringify(text.slice(0, 60))} is not the id of a run; those begin with "run_" and go on with 26 characters.`,
    'list_runs tells the ids of the runs of a task.',
  );
}
