import { Bell } from 'lucide-react';
import { Link, useLocation } from 'wouter';
import { useUnreadCount } from '../api/inbox.ts';
import { classNames } from '../parts/class-names.ts';
import { isIn, PLACES } from './screens.tsx';

/** The places, along the left edge of a wide window. */
export function Rail() {
  const [path] = useLocation();
  const unread = useUnreadCount();
  return (
    <nav
      aria-label="Places"
      className="sticky top-0 hidden h-dvh flex-col gap-1 overflow-y-auto border-r border-line bg-sunk p-3 md:flex"
    >
      <Link href="/" className="mb-3 flex items-center gap-2 px-2 py-1 text-base font-semibold">
        <Bell aria-hidden size={18} className="text-bronze" />
        Carillon
      </Link>
      <div className="flex flex-col gap-0.5">
        {PLACES.map((place) => {
          const isHere = isIn(place, path);
          return (
            <Link
              key={place.href}
              href={place.href}
              aria-current={isHere ? 'page' : undefined}
              title={`g ${place.letter}`}
              className={classNames(
                'flex min-h-9 items-center gap-2.5 rounded-md px-2 text-sm',
                isHere ? 'bg-sheet font-medium text-ink shadow-xs' : 'text-soft hover:text-ink',
              )}
            >
              <place.Icon aria-hidden size={17} className={isHere ? 'text-bronze' : ''} />
              {place.text}
              {place.href === '/inbox' && unread > 0 ? (
                <span className="ml-auto rounded-full bg-bronze px-1.5 text-xs font-medium text-on-bronze">
                  {unread}
                  <span className="sr-only"> unread</span>
                </span>
              ) : null}
            </Link>
          );
        })}
      </div>
    </nav>
  );
}
