import { Link } from 'wouter';
import { buttonClass } from '../../parts/button.tsx';
import { HowTo } from '../../parts/how-to.tsx';
import { Page } from '../../parts/page.tsx';
import { Keys } from './keys.tsx';
import { LetIn } from './let-in.tsx';
import { People } from './people.tsx';
import { Seen } from './seen.tsx';

/** Who is let in: programs with keys, assistants, and people with browsers. */
export function Connections() {
  return (
    <Page
      title="Connections"
      lead="Who may ask this daemon for something, and how far."
      actions={
        <Link href="/welcome" className={buttonClass('main')}>
          Connect a client
        </Link>
      }
    >
      <Seen />
      <LetIn />
      <Keys />
      <People />
      <HowTo cli="carillon keys list" />
    </Page>
  );
}
