import { Bell } from 'lucide-react';
import { useEffect } from 'react';
import { Snippet } from '../parts/copy-text.tsx';
import { buttonClass } from '../parts/button.tsx';

/** Whoever is not signed in sees how to. */
export function SignedOut() {
  const here = window.location.pathname + window.location.search;
  useEffect(() => {
    document.title = 'Sign in · Carillon';
  }, []);
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-4 p-6">
      <Bell aria-hidden className="text-bronze" size={32} />
      <h1 className="text-2xl font-semibold tracking-tight">Sign in to Carillon</h1>
      <p className="text-soft">
        On the machine where Carillon runs, type this. It prints a link that signs this browser in,
        once{here === '/' ? '' : ', and leads here again'}.
      </p>
      <Snippet label="Command that prints the link" text={openCommand(here)} />
      <p>
        <a href={`/sign-in?next=${encodeURIComponent(here)}`} className={buttonClass('plain')}>
          I have a password
        </a>
      </p>
    </main>
  );
}

/** A page other than the first is named, in a form that every shell takes for one word. */
function openCommand(here: string): string {
  return /^\/[\w/-]+$/.test(here) ? `carillon open ${here}` : 'carillon open';
}
