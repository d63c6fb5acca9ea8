import { z } from 'zod';
import { isFinal } from '../../domain/run.ts';
import { FIRST_PART } from '../../api/answer-view.ts';
import { describedElsewhere } from '../../api/json-schema.ts';
import { milliseconds } from '../../api/policies-input.ts';
import { runRef, toRunId } from '../../api/run-ref.ts';
import { runView, tellRun, viewRun } from '../../api/run-view.ts';
import { defineTool } from '../../api/tool.ts';
import { READS } from '../hints.ts';

// Some clients and gateways give up on a call after 50 to 60 seconds.
const WAIT_MS_MAX = 45_000;
const WAIT_MS_DEFAULT = 30_000;
/** A client that shows progress hears from a waiting call this often. */
const PROGRESS_MS = 3_000;

export const waitForRun = defineTool({
  name: 'wait_for_run',
  title: 'Wait for a run',
  description:
    'Waits until a run has ended, for up to 45 seconds, and tells of it as get_run does. When the time is over the answer says that it still goes on ("is_final": false); calling again goes on waiting. Giving up the call does not cancel the run.',
  annotations: READS,
  toolset: 'runs',
  access: 'read',
  input: z.strictObject({
    run: runRef,
    timeout: z.string().optional().describe('up to 45s; default 30s'),
  }),
  output: describedElsewhere(runView),
  handle: async (services, { run: ref, timeout }, call) => {
    const id = toRunId(ref);
    const waitMs = Math.min(WAIT_MS_MAX, milliseconds('timeout', timeout) ?? WAIT_MS_DEFAULT);
    for (let waitedMs = 0; ;) {
      const sliceMs = Math.min(PROGRESS_MS, waitMs - waitedMs);
      const { run } = await services.waitForRun(id, sliceMs, call.signal);
      waitedMs += sliceMs;
      if (isFinal(run.state) || waitedMs >= waitMs || call.signal.aborted) {
        return viewRun(run, call.zone, FIRST_PART);
      }
      await call.progress(waitedMs / 1_000, waitMs / 1_000, `The run is ${run.state}.`);
    }
  },
  text: (run, call) =>
    run.is_final
      ? tellRun(run, call.now(), call.mark)
      : `${tellRun(run, call.now(), call.mark)}\nIt has not ended yet: call wait_for_run again, or look at it later with get_run.`,
});
