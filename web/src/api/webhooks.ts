import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  HookAnswerView,
  HookDeliveryView,
  webhookSecretView,
  WebhookView,
} from '../../../src/api/webhook-view.ts';
import { say } from '../parts/toasts.tsx';
import { useAct } from './actions.ts';
import { get, send } from './request.ts';

export type WebhookWithSecret = z.output<typeof webhookSecretView>;

type WebhookPage = {
  readonly webhooks: readonly WebhookView[];
  readonly next_cursor: string | null;
};
type DeliveryPage = {
  readonly deliveries: readonly HookDeliveryView[];
  readonly next_cursor: string | null;
};

export function useWebhooks(cursor: string | undefined) {
  return useQuery({
    queryKey: ['webhooks', 'page', cursor],
    queryFn: ({ signal }) => get<WebhookPage>('/webhooks', { cursor }, signal),
    placeholderData: keepPreviousData,
  });
}

export function useWebhook(id: string) {
  return useQuery({
    queryKey: ['webhooks', 'one', id],
    queryFn: ({ signal }) => get<WebhookView>(`/webhooks/${id}`, undefined, signal),
  });
}

/** What was delivered, newest first. */
export function useDeliveries(id: string, limit: number, cursor?: string) {
  return useQuery({
    queryKey: ['webhooks', 'deliveries', id, limit, cursor],
    queryFn: ({ signal }) =>
      get<DeliveryPage>(`/webhooks/${id}/deliveries`, { limit, cursor }, signal),
    placeholderData: keepPreviousData,
  });
}

type Named = Pick<WebhookView, 'id' | 'name'>;

export function useSwitchWebhook() {
  const change = (id: string, isOn: boolean) =>
    send<WebhookView>('PATCH', `/webhooks/${id}`, { is_enabled: isOn });
  return useAct(
    ({ webhook, isOn }: { readonly webhook: Named; readonly isOn: boolean }) =>
      change(webhook.id, isOn),
    (_, { webhook, isOn }) =>
      say(`"${webhook.name}" is ${isOn ? 'on' : 'off'}.`, () => change(webhook.id, !isOn)),
  );
}

export function useReplay() {
  return useAct(
    (delivery: number) => send<HookAnswerView>('POST', `/deliveries/${delivery}/replay`),
    (answer) => say(`Delivered again: ${toldVerdict(answer.verdict)}.`),
  );
}

/** The whole address, as its sender has to know it. */
export function addressOf({ path }: WebhookView): string | undefined {
  return path === null ? undefined : `${window.location.origin}${path}`;
}

const VERDICTS: Readonly<Record<string, string>> = {
  accepted: 'it started a run',
  skipped: 'skipped, because its task is paused or busy',
  duplicate: 'a repeat of what came before',
  bad_signature: 'the signature is not right',
  late: 'signed too long ago, or ahead',
  too_large: 'the body was too large',
  limited: 'too many in a minute',
  foreign_address: 'from an address that may not call',
  no_task: 'its task was deleted',
};

export function toldVerdict(verdict: string): string {
  return VERDICTS[verdict] ?? verdict;
}
