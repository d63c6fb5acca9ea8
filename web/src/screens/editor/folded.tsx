import { type ReactNode, useEffect, useState } from 'react';
import { isBlank } from './draft.ts';
import type { FieldSpec } from './field-spec.ts';
import { type Editing, Fields } from './field-view.tsx';

/** Fields behind a title that says how many of them are filled in. It opens when one of them is refused. */
export function Folded({
  title,
  specs,
  editing,
  children,
}: {
  readonly title: string;
  readonly specs: readonly FieldSpec[];
  readonly editing: Editing;
  readonly children?: ReactNode;
}) {
  const { draft, problem } = editing;
  const [isOpen, setOpen] = useState(false);
  const isRefused = specs.some(({ path }) => path === problem?.path);
  useEffect(() => {
    if (isRefused) setOpen(true);
  }, [isRefused, problem]);
  const shown = specs.filter((spec) => spec.when?.(draft) !== false);
  if (shown.length === 0) return null;
  const filled = shown.filter(({ path }) => !isBlank(draft[path])).length;
  return (
    <details
      open={isOpen}
      onToggle={(event) => setOpen(event.currentTarget.open)}
      className="border-t border-line first:border-t-0"
    >
      <summary className="px-4 py-2.5 text-sm font-medium hover:bg-sunk">
        {title}
        {filled === 0 ? null : (
          <span className="ml-2 rounded-full bg-sunk px-1.5 text-xs font-normal text-soft">
            {filled} set
          </span>
        )}
      </summary>
      <div className="px-4 pt-1 pb-4">
        {children}
        <Fields specs={specs} editing={editing} />
      </div>
    </details>
  );
}
