import { useLocation } from 'wouter';
import type { RunView } from '../../../../src/api/run-view.ts';
import { useAct } from '../../api/actions.ts';
import { send } from '../../api/request.ts';
import { Button } from '../../parts/button.tsx';

/** Starts the same again, and goes there. */
export function RunAgain({
  run,
}: {
  readonly run: { readonly id: string; readonly task_id: string };
}) {
  const [, go] = useLocation();
  const again = useAct(
    () => send<RunView>('POST', `/tasks/${run.task_id}/runs`),
    (started) => go(`/runs/${started.id}`),
  );
  return (
    <Button isBusy={again.isPending} onClick={() => again.mutate(undefined)}>
      Run again
    </Button>
  );
}
