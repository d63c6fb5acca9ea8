import type { ComponentProps, ReactNode } from 'react';
import { classNames } from './class-names.ts';

type Look = 'main' | 'plain' | 'quiet' | 'danger';

const LOOKS: Readonly<Record<Look, string>> = {
  main: 'bg-bronze text-on-bronze border-transparent hover:opacity-90',
  plain: 'bg-sheet text-ink border-line hover:border-edge',
  quiet: 'bg-transparent text-soft border-transparent hover:bg-sunk hover:text-ink',
  danger: 'bg-sheet text-bad border-line hover:border-bad',
};

export function buttonClass(look: Look = 'plain', isSmall = false): string {
  return classNames(
    'inline-flex items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap select-none',
    'disabled:opacity-50 disabled:cursor-not-allowed transition-colors',
    isSmall ? 'px-2 py-0.5 text-[13px] min-h-7' : 'px-3 py-1.5 text-sm min-h-9',
    LOOKS[look],
  );
}

export type ButtonProps = Omit<ComponentProps<'button'>, 'className'> & {
  readonly look?: Look;
  readonly isSmall?: boolean;
  readonly isBusy?: boolean;
};

export function Button({ look, isSmall, isBusy, disabled, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled === true || isBusy === true}
      aria-busy={isBusy === true ? true : undefined}
      className={buttonClass(look, isSmall)}
    >
      {children}
    </button>
  );
}

/** A button that shows only a sign; its label is read aloud and shown as a hint. */
export function IconButton({
  label,
  children,
  ...rest
}: Omit<ComponentProps<'button'>, 'className' | 'aria-label' | 'title'> & {
  readonly label: string;
  readonly children: ReactNode;
}) {
  return (
    <button
      type="button"
      {...rest}
      aria-label={label}
      title={label}
      className="inline-flex size-9 shrink-0 items-center justify-center rounded-md text-soft hover:bg-sunk hover:text-ink disabled:opacity-50"
    >
      {children}
    </button>
  );
}
