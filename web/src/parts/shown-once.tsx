import type { ReactNode } from 'react';
import { Snippet } from './copy-text.tsx';

/** A secret that the daemon tells this once and never again. */
export function ShownOnce({
  label,
  text,
  children,
}: {
  readonly label: string;
  readonly text: string;
  readonly children?: ReactNode;
}) {
  return (
    <div role="status" className="flex flex-col gap-2">
      <p className="rounded-lg bg-warn-wash px-4 py-2.5 text-sm text-warn">
        Copy it now: it is shown this once, and kept where nobody can read it.
      </p>
      <p className="text-sm font-medium">{label}</p>
      <Snippet label={label} text={text} />
      {children}
    </div>
  );
}
