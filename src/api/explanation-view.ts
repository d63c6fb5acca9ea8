import { z } from 'zod';
import type { Explanation } from '../service/services.ts';
import { describedElsewhere } from './json-schema.ts';
import { ledgerEntryView, tellLedgerEntry, viewLedgerEntry } from './ledger-view.ts';
import { runBriefView, viewRunBriefly } from './run-view.ts';
import { taskBriefView, viewTaskBriefly } from './task-view.ts';

export const explanationView = z.object({
  sentences: z.array(z.string()),
  task: describedElsewhere(taskBriefView).nullable(),
  run: describedElsewhere(runBriefView).nullable(),
  entries: z.array(ledgerEntryView),
});
export type ExplanationView = z.output<typeof explanationView>;

export function viewExplanation(explanation: Explanation, zone: string): ExplanationView {
  const { task, run } = explanation;
  const timezone = task?.definition.schedule?.zone ?? zone;
  const name = task?.definition.name ?? run?.taskName;
  return {
    sentences: [...explanation.sentences],
    task: task === undefined ? null : viewTaskBriefly(task, zone),
    run: run === undefined ? null : viewRunBriefly(run, timezone),
    entries: explanation.entries.map((entry) => viewLedgerEntry(entry, timezone, name)),
  };
}

export function tellExplanation(explanation: ExplanationView): string {
  const entries = explanation.entries.map((entry) => `- ${tellLedgerEntry(entry)}`);
  return [
    ...explanation.sentences,
    ...(entries.length === 0 ? [] : ['From the ledger:', ...entries]),
  ].join('\n');
}
