import { useState } from 'react';
import { useAct } from '../../api/actions.ts';
import { send } from '../../api/request.ts';
import { useStatus } from '../../api/status.ts';
import { counted } from '../../parts/amount.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { TextField } from '../../parts/field.tsx';
import { Stamp } from '../../parts/moment.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { say } from '../../parts/toasts.tsx';

/** The switch that stops everything, and lets it go on. */
export function StopEverything() {
  const status = useStatus();
  const [reason, setReason] = useState('');
  const resume = useAct(
    () => send('POST', '/resume-all'),
    () => say('Everything goes on.'),
  );
  const stop = useAct(
    () =>
      send<{ readonly cancelled: number }>(
        'POST',
        '/stop-all',
        reason.trim() === '' ? {} : { reason: reason.trim() },
      ),
    ({ cancelled }) => {
      setReason('');
      say(`Everything is stopped; ${counted(cancelled, 'run')} cancelled.`, () =>
        send('POST', '/resume-all'),
      );
    },
  );
  return (
    <Card title="Stop everything">
      <QueryView query={status} what="the daemon">
        {({ standstill }) =>
          standstill === null ? (
            <form
              className="flex flex-col gap-3"
              onSubmit={(event) => {
                event.preventDefault();
                stop.mutate(undefined);
              }}
            >
              <p className="max-w-prose text-sm text-soft">
                What is in progress is cancelled, and nothing starts until a person lets it. What
                comes due meanwhile is caught up with afterwards, as each task says.
              </p>
              <div className="flex flex-wrap items-end gap-3">
                <div className="min-w-56 flex-1">
                  <TextField
                    label="Why (everybody sees it)"
                    maxLength={500}
                    value={reason}
                    onChange={(event) => setReason(event.target.value)}
                  />
                </div>
                <Button look="danger" type="submit" isBusy={stop.isPending}>
                  Stop everything
                </Button>
              </div>
            </form>
          ) : (
            <div className="flex flex-col items-start gap-3">
              <p role="status" className="text-sm text-warn">
                Everything is stopped since <Stamp at={standstill.since} />, by {standstill.by}
                {standstill.reason === null ? '' : `: ${standstill.reason}`}.
              </p>
              <Button
                look="main"
                isBusy={resume.isPending}
                onClick={() => resume.mutate(undefined)}
              >
                Let everything go on
              </Button>
            </div>
          )
        }
      </QueryView>
    </Card>
  );
}
