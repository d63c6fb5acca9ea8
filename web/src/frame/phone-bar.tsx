import { Ellipsis } from 'lucide-react';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { classNames } from '../parts/class-names.ts';
import { DialogSheet } from '../parts/dialog-sheet.tsx';
import { isIn, type Place, PLACES } from './screens.tsx';

/** The places along the lower edge of a phone: four of them, and the others behind "More". */
export function PhoneBar() {
  const [path] = useLocation();
  const [isMoreOpen, setMoreOpen] = useState(false);
  const hidden = PLACES.filter((place) => !place.isOnPhone);
  return (
    <nav
      aria-label="Places"
      className="fixed inset-x-0 bottom-0 z-30 flex border-t border-line bg-sheet md:hidden"
    >
      {PLACES.filter((place) => place.isOnPhone).map((place) => (
        <Entry key={place.href} place={place} isHere={isIn(place, path)} />
      ))}
      {hidden.length === 0 ? null : (
        <button
          type="button"
          onClick={() => setMoreOpen(true)}
          className="flex min-h-14 flex-1 flex-col items-center justify-center gap-0.5 text-xs text-soft"
        >
          <Ellipsis aria-hidden size={20} />
          More
        </button>
      )}
      <DialogSheet title="More" isOpen={isMoreOpen} onClose={() => setMoreOpen(false)}>
        <ul className="flex flex-col">
          {hidden.map((place) => (
            <li key={place.href}>
              <Link
                href={place.href}
                onClick={() => setMoreOpen(false)}
                className="flex min-h-11 items-center gap-3 rounded-md px-2 hover:bg-sunk"
              >
                <place.Icon aria-hidden size={18} className="text-soft" />
                {place.text}
              </Link>
            </li>
          ))}
        </ul>
      </DialogSheet>
    </nav>
  );
}

function Entry({ place, isHere }: { readonly place: Place; readonly isHere: boolean }) {
  return (
    <Link
      href={place.href}
      aria-current={isHere ? 'page' : undefined}
      className={classNames(
        'flex min-h-14 flex-1 flex-col items-center justify-center gap-0.5 text-xs',
        isHere ? 'font-medium text-bronze' : 'text-soft',
      )}
    >
      <place.Icon aria-hidden size={20} />
      {place.text}
    </Link>
  );
}
