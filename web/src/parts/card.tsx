import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

/** A sheet with a heading; the heading names the region for screen readers. */
export function Card({
  title,
  aside,
  isFlush = false,
  children,
}: {
  readonly title?: string;
  readonly aside?: ReactNode;
  /** Without a margin around what is in it, for lists that reach the edges. */
  readonly isFlush?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <section
      aria-label={title}
      className="min-w-0 overflow-hidden rounded-lg border border-line bg-sheet"
    >
      {title === undefined ? null : (
        <header className="flex min-h-11 flex-wrap items-center justify-between gap-x-3 gap-y-1 px-4 pt-2">
          <h2 className="text-sm font-semibold">{title}</h2>
          <div className="flex items-center gap-2 text-sm text-soft">{aside}</div>
        </header>
      )}
      <div
        className={classNames(!isFlush && 'px-4 pb-4', title === undefined && !isFlush && 'pt-4')}
      >
        {children}
      </div>
    </section>
  );
}

/** What stands where nothing is: one sentence, and what can be done next. */
export function Empty({
  children,
  action,
}: {
  readonly children: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div className="flex flex-col items-start gap-3 px-4 py-6 text-soft">
      <p>{children}</p>
      {action}
    </div>
  );
}

/** Name and value, one under the other, as many beside each other as there is room for. */
export function Facts({
  facts,
}: {
  readonly facts: readonly (readonly [name: string, value: ReactNode] | undefined)[];
}) {
  return (
    <dl className="grid grid-cols-[repeat(auto-fill,minmax(9rem,1fr))] gap-x-6 gap-y-3">
      {facts.map((fact) =>
        fact === undefined ? null : (
          <div key={fact[0]} className="min-w-0">
            <dt className="text-xs text-soft">{fact[0]}</dt>
            <dd className="text-sm">{fact[1]}</dd>
          </div>
        ),
      )}
    </dl>
  );
}
