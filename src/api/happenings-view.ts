import { z } from 'zod';
import type { Happenings } from '../service/services.ts';
import { inboxItemView, tellInboxItem, viewInboxItem } from './inbox-view.ts';
import { describedElsewhere } from './json-schema.ts';
import { ledgerEntryView, tellLedgerEntry, viewLedgerEntry } from './ledger-view.ts';
import { runBriefView, tellRunBriefly, viewRunBriefly } from './run-view.ts';
import { taskBriefView, tellTaskBriefly, viewTaskBriefly } from './task-view.ts';
import { tellTime, timeIn } from './times.ts';

export const happeningsView = z.object({
  since: z.string(),
  until: z.string(),
  timezone: z.string(),
  ended: z.array(describedElsewhere(runBriefView)),
  running: z.array(describedElsewhere(runBriefView)),
  gaps: z.array(ledgerEntryView),
  upcoming: z.array(describedElsewhere(taskBriefView)),
  inbox: z.array(describedElsewhere(inboxItemView)),
  is_cut: z.boolean(),
});
export type HappeningsView = z.output<typeof happeningsView>;

export function viewHappenings(happenings: Happenings, zone: string): HappeningsView {
  return {
    since: timeIn(zone, happenings.since),
    until: timeIn(zone, happenings.until),
    timezone: zone,
    ended: happenings.ended.map((run) => viewRunBriefly(run, zone)),
    running: happenings.running.map((run) => viewRunBriefly(run, zone)),
    gaps: happenings.gaps.map((gap) => viewLedgerEntry(gap, zone, gap.taskName)),
    upcoming: happenings.upcoming.map((task) => viewTaskBriefly(task, zone)),
    inbox: happenings.inbox.map((item) => viewInboxItem(item, zone)),
    is_cut: happenings.isCut,
  };
}

export function tellHappenings(view: HappeningsView, now: Temporal.Instant): string {
  const failed = view.ended.filter((run) => run.state === 'failed').length;
  return [
    `From ${tellTime(view.since, now)} to ${view.until}: ${view.ended.length} runs ended, ${failed} of them failed; ${view.running.length} are going on; ${view.gaps.length} stretches had no run.`,
    ...section(
      'Ended',
      view.ended.map((run) => tellRunBriefly(run, now)),
    ),
    ...section(
      'Going on',
      view.running.map((run) => tellRunBriefly(run, now)),
    ),
    ...section('Without a run', view.gaps.map(tellLedgerEntry)),
    ...section(
      'Coming up',
      view.upcoming.map((task) => tellTaskBriefly(task, now)),
    ),
    ...section(
      'Unread in the inbox, settle_inbox_item puts them away',
      view.inbox.map((item) => tellInboxItem(item, now)),
    ),
    ...(view.is_cut ? ['This is not all of it: ask for a later "since", or use list_runs.'] : []),
  ].join('\n');
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `- ${line}`)];
}
