import { Dialog } from '@base-ui/react/dialog';
import { type KeyboardEvent, useEffect, useId, useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { useTasks } from '../api/tasks.ts';
import { classNames } from '../parts/class-names.ts';
import { type Command, COMMANDS } from './commands.ts';
import { openKeySheet } from './key-sheet.tsx';
import { PLACES } from './screens.tsx';
import { useKeys } from './use-keys.ts';

let open: () => void = () => undefined;

export function openPalette(): void {
  open();
}

type Offer = {
  readonly id: string;
  readonly text: string;
  readonly note: string;
  readonly does: Command['does'];
};

const OFFERS_MAX = 20;

/** Everything by its name: places, actions and tasks, found while one types. */
export function Palette() {
  const [isOpen, setOpen] = useState(false);
  open = () => setOpen(true);
  useKeys(openPalette, openKeySheet);
  return (
    <Dialog.Root open={isOpen} onOpenChange={setOpen}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Popup className="fixed inset-x-2 top-[10vh] z-40 mx-auto max-w-xl overflow-hidden rounded-xl border border-line bg-sheet text-ink shadow-xl outline-none">
          <Dialog.Title className="sr-only">Search and commands</Dialog.Title>
          <Search onDone={() => setOpen(false)} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Search({ onDone }: { readonly onDone: () => void }) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const [, go] = useLocation();
  const listId = useId();
  const offers = useOffers(text);
  useEffect(() => setAt(0), [text]);
  const take = (offer: Offer | undefined): void => {
    if (offer === undefined) return;
    onDone();
    if (offer.does.kind === 'go') go(offer.does.href);
    else offer.does.act();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && offers.length > 0) {
      event.preventDefault();
      setAt((at + step + offers.length) % offers.length);
    }
    if (event.key === 'Enter') {
      // What opens must not take the same key for its own.
      event.preventDefault();
      take(offers[at]);
    }
  };
  return (
    <>
      <input
        // The dialog was opened to type into it.
        autoFocus
        role="combobox"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={offers[at] === undefined ? undefined : `${listId}-${at}`}
        aria-label="Search for a place, an action or a task"
        placeholder="A place, an action, or the name of a task"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        className="w-full border-b border-line bg-transparent px-4 py-3 outline-none placeholder:text-soft"
      />
      <ul
        id={listId}
        role="listbox"
        aria-label="What was found"
        className="max-h-80 overflow-y-auto py-1"
      >
        {offers.map((offer, index) => (
          <li
            key={offer.id}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === at}
            onClick={() => take(offer)}
            onPointerMove={() => setAt(index)}
            className={classNames(
              'flex cursor-pointer items-baseline justify-between gap-3 px-4 py-2 text-sm',
              index === at && 'bg-sunk',
            )}
          >
            <span className="truncate">{offer.text}</span>
            <span className="shrink-0 text-xs text-soft">{offer.note}</span>
          </li>
        ))}
      </ul>
      {offers.length > 0 ? null : (
        <p className="px-4 pb-4 text-sm text-soft">Nothing has this name.</p>
      )}
    </>
  );
}

function useOffers(text: string): readonly Offer[] {
  const wanted = text.trim().toLowerCase();
  const tasks = useTasks({ text: wanted === '' ? undefined : wanted, limit: OFFERS_MAX });
  return useMemo(() => {
    const places = PLACES.filter((place) => place.text.toLowerCase().includes(wanted)).map(
      (place) => ({
        id: place.href,
        text: place.text,
        note: `g ${place.letter}`,
        does: { kind: 'go', href: place.href } as const,
      }),
    );
    const commands = COMMANDS.filter(({ text }) => text.toLowerCase().includes(wanted)).map(
      (command) => ({ id: command.text, ...command }),
    );
    const found = (tasks.data?.tasks ?? []).map((task) => ({
      id: task.id,
      text: task.name,
      note: 'task',
      does: { kind: 'go', href: `/tasks/${task.id}` } as const,
    }));
    // Without a word, places and actions; with one, tasks are what is mostly meant.
    const all = wanted === '' ? [...places, ...commands] : [...commands, ...places, ...found];
    return all.slice(0, OFFERS_MAX);
  }, [wanted, tasks.data]);
}
