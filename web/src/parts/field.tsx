import { type ComponentProps, type ReactNode, useId } from 'react';
import { classNames } from './class-names.ts';

export const INPUT_CLASS =
  'w-full min-w-0 rounded-md border border-edge bg-sheet px-3 py-1.5 text-sm text-ink placeholder:text-soft aria-invalid:border-bad';

type Wrapped = {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly problem?: string | undefined;
  readonly isLabelHidden?: boolean;
};

function Wrap({
  id,
  label,
  hint,
  problem,
  isLabelHidden,
  children,
}: Wrapped & { readonly id: string; readonly children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className={classNames('text-sm font-medium', isLabelHidden && 'sr-only')}>
        {label}
      </label>
      {children}
      {problem === undefined ? null : (
        <p id={`${id}-problem`} role="alert" className="text-sm text-bad">
          {problem}
        </p>
      )}
      {hint === undefined ? null : (
        <p id={`${id}-hint`} className="text-xs text-soft">
          {hint}
        </p>
      )}
    </div>
  );
}

function describedBy(id: string, { hint, problem }: Wrapped) {
  const ids = [problem && `${id}-problem`, hint && `${id}-hint`].filter(Boolean);
  return {
    id,
    'aria-invalid': problem === undefined ? undefined : true,
    'aria-describedby': ids.length === 0 ? undefined : ids.join(' '),
  } as const;
}

type Bare<Element extends 'input' | 'textarea' | 'select'> = Omit<
  ComponentProps<Element>,
  'className' | 'id'
>;

export function TextField({
  label,
  hint,
  problem,
  isLabelHidden,
  ...rest
}: Wrapped & Bare<'input'>) {
  const id = useId();
  const wrapped = {
    label,
    hint,
    problem,
    ...(isLabelHidden === undefined ? {} : { isLabelHidden }),
  };
  return (
    <Wrap id={id} {...wrapped}>
      <input autoComplete="off" {...rest} {...describedBy(id, wrapped)} className={INPUT_CLASS} />
    </Wrap>
  );
}

export function TextArea({
  label,
  hint,
  problem,
  isLabelHidden,
  isCode = false,
  ...rest
}: Wrapped & Bare<'textarea'> & { readonly isCode?: boolean }) {
  const id = useId();
  const wrapped = {
    label,
    hint,
    problem,
    ...(isLabelHidden === undefined ? {} : { isLabelHidden }),
  };
  return (
    <Wrap id={id} {...wrapped}>
      <textarea
        rows={4}
        spellCheck={!isCode}
        {...rest}
        {...describedBy(id, wrapped)}
        className={classNames(
          INPUT_CLASS,
          'field-sizing-content min-h-20',
          isCode && 'font-mono text-[13px]',
        )}
      />
    </Wrap>
  );
}

export function Choice({
  label,
  hint,
  problem,
  isLabelHidden,
  options,
  ...rest
}: Wrapped &
  Bare<'select'> & { readonly options: readonly (readonly [value: string, text: string])[] }) {
  const id = useId();
  const wrapped = {
    label,
    hint,
    problem,
    ...(isLabelHidden === undefined ? {} : { isLabelHidden }),
  };
  return (
    <Wrap id={id} {...wrapped}>
      <select {...rest} {...describedBy(id, wrapped)} className={INPUT_CLASS}>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </Wrap>
  );
}

export function Tick({
  label,
  hint,
  ...rest
}: { readonly label: string; readonly hint?: ReactNode } & Bare<'input'>) {
  const id = useId();
  return (
    <div className="flex items-start gap-2">
      <input
        {...rest}
        id={id}
        type="checkbox"
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        className="mt-1 size-4 accent-bronze"
      />
      <div>
        <label htmlFor={id} className="text-sm">
          {label}
        </label>
        {hint === undefined ? null : (
          <p id={`${id}-hint`} className="text-xs text-soft">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}
