import { Plus, X } from 'lucide-react';
import { useId } from 'react';
import { Button, IconButton } from '../../parts/button.tsx';
import { classNames } from '../../parts/class-names.ts';
import { Choice, INPUT_CLASS, TextArea, TextField, Tick } from '../../parts/field.tsx';
import type { Draft, Entered, Pair } from './draft.ts';
import type { FieldSpec } from './field-spec.ts';

export type Editing = {
  readonly draft: Draft;
  readonly problem: { readonly path: string; readonly message: string } | undefined;
  readonly change: (path: string, entered: Entered) => void;
};

/** Fields in two columns; those that are not there now are left out. */
export function Fields({
  specs,
  editing,
}: {
  readonly specs: readonly FieldSpec[];
  readonly editing: Editing;
}) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {specs
        .filter((spec) => spec.when?.(editing.draft) !== false)
        .map((spec) => (
          <div
            key={spec.path}
            data-field={spec.path}
            className={classNames('min-w-0', spec.isWide === true && 'sm:col-span-2')}
          >
            <FieldView spec={spec} editing={editing} />
          </div>
        ))}
    </div>
  );
}

function FieldView({ spec, editing }: { readonly spec: FieldSpec; readonly editing: Editing }) {
  const { label, path } = spec;
  const entered = editing.draft[path];
  const text = typeof entered === 'string' ? entered : '';
  const common = {
    label,
    ...(spec.hint === undefined ? {} : { hint: spec.hint }),
    problem: editing.problem?.path === path ? editing.problem.message : undefined,
  };
  const typed = {
    value: text,
    ...(spec.placeholder === undefined ? {} : { placeholder: spec.placeholder }),
    ...(spec.list === undefined ? {} : { list: spec.list }),
    onChange: (event: { readonly target: { readonly value: string } }) =>
      editing.change(path, event.target.value),
  };
  switch (spec.kind) {
    case 'line':
    case 'words':
      return <TextField {...common} {...typed} />;
    case 'number':
      return <TextField {...common} {...typed} inputMode="decimal" />;
    case 'area':
    case 'lines':
      return <TextArea {...common} {...typed} isCode={spec.isCode === true} rows={3} />;
    case 'json':
    case 'blackouts':
      return <TextArea {...common} {...typed} isCode rows={3} />;
    case 'choice':
      return <Choice {...common} {...typed} options={spec.options} />;
    case 'tick':
    case 'open':
      return (
        <Tick
          label={label}
          {...(spec.hint === undefined ? {} : { hint: spec.hint })}
          checked={entered === true}
          onChange={(event) => editing.change(path, event.target.checked)}
        />
      );
    case 'ticks':
      return (
        <Ticks
          {...common}
          options={spec.options}
          text={text}
          onText={(next) => editing.change(path, next)}
        />
      );
    case 'pairs':
      return (
        <Pairs
          {...common}
          pairs={Array.isArray(entered) ? (entered as readonly Pair[]) : []}
          onPairs={(next) => editing.change(path, next)}
        />
      );
  }
}

type Told = {
  readonly label: string;
  readonly hint?: string;
  readonly problem: string | undefined;
};

function Ticks({
  label,
  hint,
  problem,
  options,
  text,
  onText,
}: Told & {
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly text: string;
  readonly onText: (text: string) => void;
}) {
  const chosen = text.split(',').map((word) => word.trim());
  return (
    <fieldset className="flex min-w-0 flex-col gap-1">
      <legend className="mb-1 text-sm font-medium">{label}</legend>
      <div className="flex flex-wrap gap-x-4 gap-y-1">
        {options.map(([value, said]) => (
          <Tick
            key={value}
            label={said}
            checked={chosen.includes(value)}
            onChange={(event) =>
              onText(
                options
                  .map(([one]) => one)
                  .filter((one) => (one === value ? event.target.checked : chosen.includes(one)))
                  .join(', '),
              )
            }
          />
        ))}
      </div>
      <Notes hint={hint} problem={problem} />
    </fieldset>
  );
}

function Notes({
  hint,
  problem,
}: {
  readonly hint: string | undefined;
  readonly problem: string | undefined;
}) {
  return (
    <>
      {problem === undefined ? null : (
        <p role="alert" className="text-sm text-bad">
          {problem}
        </p>
      )}
      {hint === undefined ? null : <p className="text-xs text-soft">{hint}</p>}
    </>
  );
}

/** Stands for a value that is kept and not shown. */
const HIDDEN = '[hidden]';
const NO_PAIR: Pair = { name: '', value: '', isSecret: false };

/** Names with their values, each written out or named as a secret. */
function Pairs({
  label,
  hint,
  problem,
  pairs,
  onPairs,
}: Told & {
  readonly pairs: readonly Pair[];
  readonly onPairs: (pairs: readonly Pair[]) => void;
}) {
  const id = useId();
  const set = (at: number, change: Partial<Pair>): void =>
    onPairs(pairs.map((pair, index) => (index === at ? { ...pair, ...change } : pair)));
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-1 text-sm font-medium">{label}</legend>
      {pairs.map((pair, at) => (
        <div
          key={`${id}-${at}`}
          className="flex flex-wrap items-center gap-2 rounded-md border border-line p-2 sm:flex-nowrap sm:border-0 sm:p-0"
        >
          <input
            aria-label={`${label}: name ${at + 1}`}
            placeholder="Name"
            autoComplete="off"
            value={pair.name}
            onChange={(event) => set(at, { name: event.target.value })}
            className={INPUT_CLASS}
          />
          <input
            aria-label={pair.isSecret ? `${label}: secret ${at + 1}` : `${label}: value ${at + 1}`}
            placeholder={pair.isSecret ? 'Name of the secret' : 'Value'}
            autoComplete="off"
            list={pair.isSecret ? 'secret-names' : undefined}
            value={pair.value}
            onChange={(event) => set(at, { value: event.target.value })}
            className={INPUT_CLASS}
          />
          <label className="flex shrink-0 items-center gap-1.5 text-sm">
            <input
              type="checkbox"
              checked={pair.isSecret}
              onChange={(event) => set(at, { isSecret: event.target.checked })}
              className="size-4 accent-bronze"
            />
            a secret
          </label>
          <IconButton
            label={`Remove ${pair.name === '' ? `line ${at + 1}` : pair.name}`}
            onClick={() => onPairs(pairs.filter((_, index) => index !== at))}
          >
            <X aria-hidden size={16} />
          </IconButton>
        </div>
      ))}
      {pairs.some(({ value }) => value === HIDDEN) ? (
        <p className="text-xs text-warn">
          {HIDDEN} stands for a value that is kept and not shown. It stays while nothing else of the
          action changes; otherwise write it anew, or name a secret.
        </p>
      ) : null}
      <div>
        <Button isSmall onClick={() => onPairs([...pairs, NO_PAIR])}>
          <Plus aria-hidden size={14} />
          {label === 'Headers' ? 'Add a header' : 'Add a variable'}
        </Button>
      </div>
      <Notes hint={hint} problem={problem} />
    </fieldset>
  );
}
