import { Link } from 'wouter';
import type { ApprovalDetailView } from '../../../../src/api/approval-view.ts';
import { Card } from '../../parts/card.tsx';
import { plainly } from './plainly.ts';

/** What stands in the task today, and what would stand there. */
export function Changes({ task, changes }: Pick<ApprovalDetailView, 'task' | 'changes'>) {
  if (task === null) return null;
  return (
    <Card
      title={changes.length === 0 ? 'The task' : 'What changes'}
      aside={
        <Link href={`/tasks/${task.id}`} className="break-all hover:text-ink hover:underline">
          {task.name}
        </Link>
      }
    >
      {changes.length === 0 ? (
        <p className="text-sm text-soft">What the task says stays as it is.</p>
      ) : (
        <ul className="flex flex-col gap-4">
          {changes.map(({ field, before, after }) => (
            <li key={field} className="min-w-0">
              <h3 className="text-xs text-soft">{field.replaceAll('_', ' ')}</h3>
              <div className="mt-1 grid gap-2 md:grid-cols-2">
                <Side label="Before" value={before} />
                <Side label="After" value={after} isAfter />
              </div>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Side({
  label,
  value,
  isAfter = false,
}: {
  readonly label: string;
  readonly value: unknown;
  readonly isAfter?: boolean;
}) {
  return (
    <div className={`min-w-0 rounded-md px-3 py-2 text-sm ${isAfter ? 'bg-good-wash' : 'bg-sunk'}`}>
      <span className="text-xs text-soft">{label}</span>
      <p className="font-mono text-[13px] break-words whitespace-pre-wrap">{shown(value)}</p>
    </div>
  );
}

function shown(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'nothing';
  return plainly(typeof value === 'string' ? value : JSON.stringify(value, undefined, 2));
}
