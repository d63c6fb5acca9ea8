import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Refused } from '../api/request.ts';
import { Button } from './button.tsx';
import { tellFailure } from './toasts.tsx';

/** Shows what was asked for, or why it is not there. What was known stays while it is asked for again. */
export function QueryView<Answer>({
  query,
  what,
  children,
}: {
  readonly query: UseQueryResult<Answer>;
  /** What is being asked for, as in "the tasks". */
  readonly what: string;
  readonly children: (answer: Answer) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.isPending) return <Loading what={what} />;
  return <Failed error={query.error} onAgain={() => void query.refetch()} />;
}

export function Loading({ what }: { readonly what: string }) {
  return (
    <p role="status" className="px-4 py-6 text-sm text-soft">
      Asking for {what}…
    </p>
  );
}

export function Failed({
  error,
  onAgain,
}: {
  readonly error: unknown;
  readonly onAgain: () => void;
}) {
  const { title, hint } = tellFailure(error);
  const isGone = error instanceof Refused && error.status === 404;
  return (
    <div role="alert" className="flex flex-col items-start gap-2 px-4 py-6 text-sm">
      <p className="font-medium">{title}</p>
      {hint === undefined ? null : <p className="text-soft">{hint}</p>}
      {isGone ? null : <Button onClick={onAgain}>Try again</Button>}
    </div>
  );
}
