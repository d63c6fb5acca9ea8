import { OctagonX } from 'lucide-react';
import { useState } from 'react';
import type { StatusView } from '../../../src/api/status-view.ts';
import { useAct } from '../api/actions.ts';
import { send } from '../api/request.ts';
import { useStatus } from '../api/status.ts';
import { counted } from '../parts/amount.ts';
import { Button } from '../parts/button.tsx';
import { Stamp } from '../parts/moment.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { say } from '../parts/toasts.tsx';

let open: () => void = () => undefined;

export function openStopAll(): void {
  open();
}

const resumeAll = () => send<{ readonly was_stopped: boolean }>('POST', '/resume-all');

/** Stops everything at once; while everything stands still, the banner below says so instead. */
export function StopAll() {
  const [isAsking, setAsking] = useState(false);
  open = () => setAsking(true);
  const status = useStatus();
  const stop = useAct(
    (reason: string | undefined) =>
      send<{ readonly cancelled: number }>(
        'POST',
        '/stop-all',
        reason === undefined ? {} : { reason },
      ),
    ({ cancelled }) =>
      say(`Everything is stopped: ${counted(cancelled, 'run')} cancelled.`, resumeAll),
  );
  if (status.data === undefined || status.data.standstill !== null) return null;
  return (
    <>
      <Button look="quiet" isBusy={stop.isPending} onClick={() => setAsking(true)}>
        <OctagonX aria-hidden size={16} />
        <span className="sr-only">Stop everything</span>
      </Button>
      {isAsking ? (
        <ReasonDialog
          title="Stop everything"
          verb="Stop everything"
          isDanger
          hint={sayWhatHappens(status.data)}
          onClose={() => setAsking(false)}
          onReason={(reason) => stop.mutate(reason)}
        />
      ) : null}
    </>
  );
}

function sayWhatHappens({ runs }: StatusView): string {
  const inProgress = runs.running + runs.retrying;
  const first =
    inProgress === 0 ? 'Nothing is in progress now.' : `Cancels ${counted(inProgress, 'run')}.`;
  return `${first} Nothing starts until you resume; what comes due meanwhile is caught up with as its task says.`;
}

/** Says on every screen that everything stands still, and lets it go on. */
export function StandstillBanner() {
  const { data } = useStatus();
  const resume = useAct(resumeAll, () => say('Everything goes on.'));
  const standstill = data?.standstill ?? null;
  if (standstill === null) return null;
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-x-3 gap-y-2 bg-bad-wash px-4 py-2 text-sm text-bad md:px-6"
    >
      <OctagonX aria-hidden size={18} />
      <p className="min-w-0 flex-1">
        <span className="font-medium">Everything is stopped</span> since{' '}
        <Stamp at={standstill.since} />, by {standstill.by}
        {standstill.reason === null ? '.' : `: ${standstill.reason}`}
      </p>
      <Button isBusy={resume.isPending} onClick={() => resume.mutate(undefined)}>
        Resume everything
      </Button>
    </div>
  );
}
