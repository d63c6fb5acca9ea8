import { z } from 'zod';
import { ALERT_KINDS, type AlertPolicy } from '../domain/alerts/alert-policy.ts';
import type { InboxItem } from '../domain/inbox/inbox-item.ts';
import { toPlainText } from '../domain/masking/plain-text.ts';
import type { AlertRules } from '../service/alert-rules.ts';
import { tellTime, timeIn, timeOrNull } from './times.ts';

const deliveryView = z.object({
  channel: z.string(),
  is_delivered: z.boolean(),
  note: z.string(),
});
export const deliveryList = z.object({ deliveries: z.array(deliveryView) });
export const channelList = z.object({
  channels: z.array(z.object({ name: z.string(), kind: z.string() })),
});

const alertRule = z.object({ on: z.array(z.enum(ALERT_KINDS)), channels: z.array(z.string()) });
export const alertRulesView = z.object({
  by_default: alertRule,
  tasks: z.array(alertRule.extend({ id: z.string(), name: z.string() })),
});
export type AlertRulesView = z.output<typeof alertRulesView>;

export function viewAlertRules({ byDefault, tasks }: AlertRules): AlertRulesView {
  const viewRule = ({ on, channels }: AlertPolicy) => ({ on: [...on], channels: [...channels] });
  return {
    by_default: viewRule(byDefault),
    tasks: tasks.map(({ task, rule }) => ({
      id: task.id,
      name: task.definition.name,
      ...viewRule(rule),
    })),
  };
}

export const inboxItemView = z.object({
  id: z.number(),
  kind: z.string(),
  title: z.string(),
  body: z.string(),
  task: z.string().nullable(),
  task_id: z.string().nullable(),
  run: z.string().nullable(),
  count: z.number(),
  state: z.string(),
  timezone: z.string(),
  snoozed_until: z.string().nullable(),
  recovered_at: z.string().nullable(),
  created_at: z.string(),
  deliveries: z.array(deliveryView),
});
export const inboxPage = z.object({
  items: z.array(inboxItemView),
  next_cursor: z.string().nullable(),
});
export type InboxItemView = z.output<typeof inboxItemView>;

export function viewInboxItem(item: InboxItem, zone: string): InboxItemView {
  return {
    id: item.id,
    kind: item.kind,
    title: toPlainText(item.title),
    body: toPlainText(item.body),
    task: item.taskName ?? null,
    task_id: item.taskId ?? null,
    run: item.runId ?? null,
    count: item.count,
    state: item.state.kind,
    timezone: zone,
    snoozed_until: item.state.kind === 'snoozed' ? timeIn(zone, item.state.until) : null,
    recovered_at: timeOrNull(zone, item.recoveredAt),
    created_at: timeIn(zone, item.createdAt),
    deliveries: item.deliveries.map(({ channel, isDelivered, note }) => ({
      channel,
      is_delivered: isDelivered,
      note,
    })),
  };
}

/** One item as a line of a list. */
export function tellInboxItem(item: InboxItemView, now: Temporal.Instant): string {
  const facts = [
    item.count === 1 ? '' : `${item.count} times`,
    item.recovered_at === null ? '' : `works again since ${item.recovered_at}`,
    item.snoozed_until === null ? '' : `comes back ${tellTime(item.snoozed_until, now)}`,
    item.deliveries.length > 0 && item.deliveries.every((one) => !one.is_delivered)
      ? 'no channel could show it'
      : '',
  ].filter((fact) => fact !== '');
  const more = facts.length === 0 ? '' : ` (${facts.join('; ')})`;
  const body = item.body === '' ? '' : `: ${item.body.replaceAll(/\s+/g, ' ')}`;
  return `${item.id} ${item.kind}, ${item.state}, ${tellTime(item.created_at, now)}: ${item.title}${body}${more}`;
}
