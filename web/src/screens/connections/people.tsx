import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useAct } from '../../api/actions.ts';
import { type SessionsView, useSessions } from '../../api/connections.ts';
import { send } from '../../api/request.ts';
import { csrfToken } from '../../api/session.ts';
import { counted } from '../../parts/amount.ts';
import { Button, buttonClass } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { DialogSheet } from '../../parts/dialog-sheet.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { say, sayFailure } from '../../parts/toasts.tsx';

/** The browsers in which a person is signed in, and the password. */
export function People() {
  const sessions = useSessions();
  const [isAsked, setAsked] = useState(false);
  const signOut = useAct(
    () => send<{ readonly ended: number }>('DELETE', '/sessions'),
    ({ ended }) => {
      setAsked(false);
      say(`Signed out of ${counted(ended, 'browser')}.`);
    },
  );
  return (
    <Card title="People">
      <QueryView query={sessions} what="the sessions">
        {(view) =>
          view.wants_sign_in ? (
            <Signing view={view} onSignOut={() => setAsked(true)} />
          ) : (
            <p className="text-sm text-soft">
              This daemon wants no sign-in: everybody who reaches its address is its owner.
            </p>
          )
        }
      </QueryView>
      <DialogSheet
        title="Sign out everywhere?"
        isOpen={isAsked}
        onClose={() => setAsked(false)}
        footer={
          <Button
            look="danger"
            isBusy={signOut.isPending}
            onClick={() => signOut.mutate(undefined)}
          >
            Sign out everywhere
          </Button>
        }
      >
        <p className="text-sm">
          Every browser is signed out, this one too, and links that nobody has used yet end. Keys
          and assistants stay.
        </p>
      </DialogSheet>
    </Card>
  );
}

function Signing({
  view,
  onSignOut,
}: {
  readonly view: SessionsView;
  readonly onSignOut: () => void;
}) {
  return (
    <div className="flex flex-col gap-3">
      <p className="text-sm text-soft">
        {view.sessions === 0
          ? 'Nobody is signed in by a session.'
          : `Signed in in ${counted(view.sessions, 'browser')}.`}{' '}
        {view.has_password
          ? 'A password is set.'
          : 'There is no password: a browser is signed in by a link from "carillon open".'}
      </p>
      <div className="flex flex-wrap gap-2">
        <a href="/account" className={buttonClass()}>
          {view.has_password ? 'Set another password' : 'Set a password'}
        </a>
        <SignOut />
        <Button look="danger" disabled={view.sessions === 0} onClick={onSignOut}>
          Sign out everywhere
        </Button>
      </div>
    </div>
  );
}

/** Ends the session of this browser; nothing where there is none. */
export function SignOut() {
  const csrf = csrfToken();
  const end = useMutation({
    // Not a form: the page tells no referrer, and a form without one names no origin.
    mutationFn: (token: string) =>
      fetch('/sign-out', { method: 'POST', body: new URLSearchParams({ csrf: token }) }),
    onSuccess: () => window.location.assign('/sign-in'),
    onError: sayFailure,
  });
  if (csrf === undefined) return null;
  return (
    <Button isBusy={end.isPending} onClick={() => end.mutate(csrf)}>
      Sign out
    </Button>
  );
}
