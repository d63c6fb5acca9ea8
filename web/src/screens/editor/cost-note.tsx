import { useUsage } from '../../api/usage.ts';
import { formatUsd } from '../../parts/amount.ts';
import { type Draft, kindOf, textOf } from './draft.ts';

/** More runs a day than these are worth a word where each costs something. */
const MANY_A_DAY = 24;
const MONTH_DAYS = 30;

/** What the schedule comes to: the average of the task's own runs, or of those of its engine. */
export function CostNote({
  draft,
  taskId,
  perDay,
}: {
  readonly draft: Draft;
  readonly taskId: string | undefined;
  readonly perDay: number | undefined;
}) {
  const kind = kindOf(draft);
  const byTask = useUsage('task', '30d');
  const byEngine = useUsage('engine', '30d');
  if (kind !== 'agent' && kind !== 'model') return null;
  const engine = textOf(draft, kind === 'agent' ? 'action.engine' : 'action.provider');
  const own = byTask.data?.rows.find(({ key }) => key === taskId && taskId !== undefined);
  const likely =
    own ?? byEngine.data?.rows.find(({ key }) => key.split(/[ :/]/)[0] === engine && engine !== '');
  if (perDay === undefined || perDay === 0) return null;
  const each =
    likely === undefined || likely.attempts === 0 ? undefined : likely.cost_usd / likely.attempts;
  const isMany = perDay > MANY_A_DAY;
  if (each === undefined && !isMany) return null;
  const runs =
    perDay < 1 ? `one run in ${rounded(1 / perDay)} days` : `${rounded(perDay)} runs a day`;
  return (
    <p
      role="status"
      className={`rounded-md px-3 py-2 text-sm ${isMany ? 'bg-warn-wash text-warn' : 'bg-sunk text-soft'}`}
    >
      {each === undefined
        ? `The schedule comes to ${runs}. Set a budget: nothing is known yet of what one costs.`
        : `${runs} at ${formatUsd(each)}, the average of ${own === undefined ? engine : 'this task'} in 30 days, come to about ${formatUsd(each * perDay * MONTH_DAYS)} a month.`}
    </p>
  );
}

function rounded(value: number): string {
  return value < 10 ? value.toFixed(1).replace(/\.0$/, '') : String(Math.round(value));
}
