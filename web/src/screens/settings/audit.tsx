import { Ban, Check, ChevronRight, Hand } from 'lucide-react';
import { useState } from 'react';
import { useSearchParams } from 'wouter';
import type { AuditEntryView } from '../../../../src/api/audit-view.ts';
import { useAct } from '../../api/actions.ts';
import { checkAudit, useAudit } from '../../api/audit.ts';
import { counted } from '../../parts/amount.ts';
import { Button } from '../../parts/button.tsx';
import { Card, Empty } from '../../parts/card.tsx';
import { Snippet } from '../../parts/copy-text.tsx';
import { Choice, TextField } from '../../parts/field.tsx';
import { HowTo } from '../../parts/how-to.tsx';
import { Stamp } from '../../parts/moment.tsx';
import { QueryView } from '../../parts/query-view.tsx';

const VERDICTS = [
  ['', 'Whatever came of it'],
  ['done', 'Done'],
  ['refused', 'Refused'],
  ['asked', 'Asked of a person'],
] as const;

/** Who did what, asked for what and was refused what; what is asked for stands in the address. */
export function Audit() {
  const [search, setSearch] = useSearchParams();
  const value = (name: string) => search.get(name) ?? undefined;
  const audit = useAudit({
    principal: value('principal'),
    verb: value('verb'),
    verdict: value('verdict'),
    cursor: value('cursor'),
    limit: 50,
  });
  const ask = (name: string, text: string): void => {
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        after.delete('cursor');
        if (text === '') after.delete(name);
        else after.set(name, text);
        return after;
      },
      { replace: name !== 'cursor' },
    );
  };
  return (
    <>
      <Filters search={search} onAsk={ask} />
      <Card isFlush>
        <QueryView query={audit} what="the audit trail">
          {(page) =>
            page.entries.length === 0 ? (
              <Empty>Nothing of the kind was done.</Empty>
            ) : (
              <>
                <ul className="divide-y divide-line">
                  {page.entries.map((entry) => (
                    <Entry key={entry.id} entry={entry} />
                  ))}
                </ul>
                <nav aria-label="Pages" className="flex gap-2 p-3 empty:hidden">
                  {value('cursor') === undefined ? null : (
                    <Button onClick={() => ask('cursor', '')}>Newest ones</Button>
                  )}
                  {page.next_cursor === null ? null : (
                    <Button onClick={() => ask('cursor', page.next_cursor ?? '')}>
                      Older ones
                    </Button>
                  )}
                </nav>
              </>
            )
          }
        </QueryView>
      </Card>
      <HowTo cli="carillon audit list" />
    </>
  );
}

function Filters({
  search,
  onAsk,
}: {
  readonly search: URLSearchParams;
  readonly onAsk: (name: string, text: string) => void;
}) {
  const [principal, setPrincipal] = useState(search.get('principal') ?? '');
  const [verb, setVerb] = useState(search.get('verb') ?? '');
  const check = useAct(checkAudit);
  return (
    <div className="flex flex-wrap items-end gap-3">
      <div className="w-44">
        <Choice
          label="Came of it"
          options={VERDICTS}
          value={search.get('verdict') ?? ''}
          onChange={(event) => onAsk('verdict', event.target.value)}
        />
      </div>
      <form
        className="flex flex-wrap items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          onAsk('principal', principal.trim());
          onAsk('verb', verb.trim());
        }}
      >
        <div className="w-36">
          <TextField
            label="Who"
            placeholder="owner"
            value={principal}
            onChange={(event) => setPrincipal(event.target.value)}
          />
        </div>
        <div className="w-40">
          <TextField
            label="Did"
            placeholder="delete_task"
            value={verb}
            onChange={(event) => setVerb(event.target.value)}
          />
        </div>
        <Button type="submit">Find</Button>
      </form>
      <div className="ml-auto flex flex-wrap items-center gap-2">
        {check.data === undefined ? null : (
          <p
            role="status"
            className={`text-sm ${check.data.is_whole ? 'text-good' : 'font-medium text-bad'}`}
          >
            {check.data.is_whole
              ? `Whole: ${counted(check.data.checked, 'entry', 'entries')}`
              : `Broken at entry ${check.data.broken_at}`}
          </p>
        )}
        <Button isBusy={check.isPending} onClick={() => check.mutate(undefined)}>
          Check the trail
        </Button>
      </div>
    </div>
  );
}

const MARKS = {
  done: [Check, 'text-good'],
  refused: [Ban, 'text-bad'],
  asked: [Hand, 'text-warn'],
} as const;

function Entry({ entry }: { readonly entry: AuditEntryView }) {
  const [Icon, tone] = MARKS[entry.verdict];
  return (
    <li className="px-4 py-2 text-sm">
      <details className="group">
        <summary className="flex flex-wrap items-center gap-x-3 gap-y-0.5 rounded">
          <ChevronRight aria-hidden size={14} className="shrink-0 text-soft group-open:rotate-90" />
          <span className={`inline-flex w-20 items-center gap-1 text-xs ${tone}`}>
            <Icon aria-hidden size={12} strokeWidth={2.5} />
            {entry.verdict}
          </span>
          <span className="font-medium">{entry.verb.replaceAll('_', ' ')}</span>
          <span className="min-w-0 truncate text-soft">{entry.subject}</span>
          <span className="ml-auto text-xs text-soft">
            {entry.principal}
            {entry.client === null ? '' : ` (${entry.client})`}
          </span>
          <span className="text-xs text-soft">
            <Stamp at={entry.at} withSeconds />
          </span>
        </summary>
        <div className="flex flex-col gap-2 py-2 pl-6.5">
          <p className="text-xs text-soft">
            {entry.kind.replaceAll('_', ' ')}
            {entry.from === null ? '' : `, from ${entry.from}`}
            {entry.parent_run === null ? '' : `, in the run ${entry.parent_run}`}
          </p>
          <Snippet label="Detail" text={JSON.stringify(entry.detail, undefined, 2)} />
          <p className="text-xs text-soft">
            Entry {entry.id}, hash <code>{entry.hash}</code>
          </p>
        </div>
      </details>
    </li>
  );
}
