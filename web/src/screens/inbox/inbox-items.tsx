import { useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import type { InboxItemView } from '../../../../src/api/inbox-view.ts';
import { useAct } from '../../api/actions.ts';
import { send } from '../../api/request.ts';
import { counted } from '../../parts/amount.ts';
import { Button } from '../../parts/button.tsx';
import { say } from '../../parts/toasts.tsx';
import { hrefOf, InboxRow } from './inbox-row.tsx';

function settle(ids: readonly number[], as: 'done' | 'unread'): Promise<unknown> {
  return Promise.all(ids.map((id) => send('POST', `/inbox/${id}/settle`, { as })));
}

/** The items one below the other, for hands on a keyboard and for many at once. */
export function InboxItems({ items }: { readonly items: readonly InboxItemView[] }) {
  const [, go] = useLocation();
  const list = useRef<HTMLUListElement>(null);
  const [at, setAt] = useState<number>();
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const done = useAct(
    (ids: readonly number[]) => settle(ids, 'done'),
    (_, ids) => {
      setSelected(new Set());
      say(`${counted(ids.length, 'item')} put away.`, () => settle(ids, 'unread'));
    },
  );
  const toggle = (id: number): void =>
    setSelected((before) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    });

  useEffect(() => {
    const focus = (index: number): void => {
      const row = list.current?.children[index];
      if (row instanceof HTMLElement) row.focus();
      setAt(index);
    };
    const acts: Readonly<Record<string, (item: InboxItemView | undefined) => void>> = {
      j: () => focus(Math.min(items.length - 1, (at ?? -1) + 1)),
      k: () => focus(Math.max(0, (at ?? 1) - 1)),
      Enter: (item) => {
        const href = item === undefined ? undefined : hrefOf(item);
        if (href !== undefined) go(href);
      },
      x: (item) => {
        if (item !== undefined) toggle(item.id);
      },
      e: (item) => {
        const ids = selected.size > 0 ? [...selected] : item === undefined ? [] : [item.id];
        const open = ids.filter((id) => items.some((one) => one.id === id && one.state !== 'done'));
        if (open.length > 0) done.mutate(open);
      },
    };
    const onKey = (event: KeyboardEvent): void => {
      const { target } = event;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      // A field, a button or a link has keys of its own.
      const isOwn =
        target instanceof Element &&
        target.closest('input:not([type=checkbox]),textarea,select,button,a');
      if (isOwn) return;
      const act = acts[event.key];
      if (act === undefined) return;
      event.preventDefault();
      act(at === undefined ? undefined : items[at]);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  });

  const open = items.filter((item) => item.state !== 'done');
  return (
    <>
      {open.length === 0 ? null : (
        <div className="flex min-h-12 flex-wrap items-center gap-3 border-b border-line px-4 py-2 text-sm">
          <label className="flex items-center gap-2">
            <input
              type="checkbox"
              className="size-4 accent-bronze"
              checked={selected.size === open.length}
              onChange={() =>
                setSelected(
                  selected.size === open.length ? new Set() : new Set(open.map(({ id }) => id)),
                )
              }
            />
            All on this page
          </label>
          {selected.size === 0 ? null : (
            <Button isSmall isBusy={done.isPending} onClick={() => done.mutate([...selected])}>
              Done with {selected.size}
            </Button>
          )}
        </div>
      )}
      <ul ref={list} className="divide-y divide-line">
        {items.map((item, index) => (
          <InboxRow
            key={item.id}
            item={item}
            isHere={index === at}
            isSelected={selected.has(item.id)}
            onFocus={() => setAt(index)}
            onSelect={() => toggle(item.id)}
          />
        ))}
      </ul>
    </>
  );
}
