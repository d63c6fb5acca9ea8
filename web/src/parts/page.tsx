import { useEffect, type ReactNode } from 'react';

/** A screen: its one heading, what can be done on it, and its parts below each other. */
export function Page({
  title,
  isTitleHidden = false,
  lead,
  actions,
  children,
}: {
  readonly title: string;
  /** For screens whose frame says it already; it is still read aloud. */
  readonly isTitleHidden?: boolean;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Carillon`;
  }, [title]);
  return (
    <div className="mx-auto flex w-full max-w-6xl flex-col gap-4 p-4 md:p-6">
      <header
        className={
          isTitleHidden && actions === undefined
            ? 'sr-only'
            : 'flex flex-wrap items-start justify-between gap-3'
        }
      >
        <div className="min-w-0">
          <h1 className={isTitleHidden ? 'sr-only' : 'text-xl font-semibold tracking-tight'}>
            {title}
          </h1>
          {lead === undefined ? null : <div className="mt-1 text-sm text-soft">{lead}</div>}
        </div>
        {actions === undefined ? null : (
          <div className="flex flex-wrap items-center gap-2">{actions}</div>
        )}
      </header>
      {children}
    </div>
  );
}
