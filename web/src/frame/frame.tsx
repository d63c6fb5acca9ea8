import { Suspense, useEffect, useRef } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { Refused } from '../api/request.ts';
import { useStatus } from '../api/status.ts';
import { Loading } from '../parts/query-view.tsx';
import { ErrorEdge } from './error-edge.tsx';
import { KeySheet } from './key-sheet.tsx';
import { NotFound } from './not-found.tsx';
import { Palette } from './palette.tsx';
import { PhoneBar } from './phone-bar.tsx';
import { Rail } from './rail.tsx';
import { SCREENS } from './screens.tsx';
import { SignedOut } from './signed-out.tsx';
import { StandstillBanner } from './stop-all.tsx';
import { TopBar } from './top-bar.tsx';

/** What stands around every screen. */
export function Frame() {
  const status = useStatus();
  if (status.error instanceof Refused && status.error.status === 401) return <SignedOut />;
  return (
    <div className="flex min-h-dvh flex-col md:grid md:grid-cols-[13rem_minmax(0,1fr)]">
      <a
        href="#screen"
        className="sr-only z-50 rounded bg-sheet p-2 focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
      >
        Skip to the screen
      </a>
      <Rail />
      <div className="flex min-w-0 flex-1 flex-col pb-16 md:pb-0">
        <TopBar />
        <StandstillBanner />
        <Screen />
      </div>
      <PhoneBar />
      <Palette />
      <KeySheet />
    </div>
  );
}

function Screen() {
  const [path] = useLocation();
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  // Whoever cannot see that the screen has changed is taken to its beginning.
  useEffect(() => {
    if (isFirst.current) {
      isFirst.current = false;
      return;
    }
    main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [path]);
  return (
    <main id="screen" ref={main} tabIndex={-1} className="min-w-0 flex-1 outline-none">
      <ErrorEdge key={path}>
        <Suspense fallback={<Loading what="the screen" />}>
          <Switch>
            {SCREENS.map(({ path, Show }) => (
              <Route key={path} path={path}>
                <Show />
              </Route>
            ))}
            <Route>
              <NotFound />
            </Route>
          </Switch>
        </Suspense>
      </ErrorEdge>
    </main>
  );
}
