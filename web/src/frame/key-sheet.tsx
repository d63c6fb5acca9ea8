import { useState } from 'react';
import { DialogSheet } from '../parts/dialog-sheet.tsx';
import { PLACES } from './screens.tsx';

let open: () => void = () => undefined;

export function openKeySheet(): void {
  open();
}

const KEYS = [
  [
    'Everywhere',
    [
      ['Ctrl K', 'search, and do something by its name'],
      ['/', 'find in this list'],
      ['q', 'quick run'],
      ['?', 'this sheet'],
    ],
  ],
  [
    'In the list of tasks',
    [
      ['j', 'down'],
      ['k', 'up'],
      ['Enter', 'open the task'],
      ['r', 'run it now'],
      ['.', 'what can be done with it'],
    ],
  ],
  [
    'In pictures',
    [
      ['← ↑ ↓ →', 'from mark to mark'],
      ['Enter', 'open what it stands for'],
    ],
  ],
] as const;

/** The keys, for whoever asks with `?`. */
export function KeySheet() {
  const [isOpen, setOpen] = useState(false);
  open = () => setOpen(true);
  const places = PLACES.map(({ letter, text }) => [`g ${letter}`, text] as const);
  return (
    <DialogSheet title="Keys" isOpen={isOpen} onClose={() => setOpen(false)}>
      <div className="grid gap-5 text-sm sm:grid-cols-2">
        {[...KEYS, ['Places', places] as const].map(([title, keys]) => (
          <section key={title} aria-label={title}>
            <h3 className="mb-1 font-semibold">{title}</h3>
            <dl className="grid grid-cols-[5rem_minmax(0,1fr)] gap-y-1">
              {keys.map(([key, does]) => (
                <div key={key} className="contents">
                  <dt>
                    <kbd className="rounded border border-line bg-sunk px-1.5 text-xs">{key}</kbd>
                  </dt>
                  <dd className="text-soft">{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </DialogSheet>
  );
}
