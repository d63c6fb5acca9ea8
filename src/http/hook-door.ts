import type { Surface } from '../api/surface.ts';
import { Refusal } from '../domain/refusal.ts';
import { isWithinRanges } from '../domain/webhooks/address-range.ts';
import {
  admitDelivery,
  DELIVERIES_PER_MINUTE,
  type DeliveryWindow,
} from '../domain/webhooks/delivery-window.ts';
import type { Verdict, Webhook, WebhookId } from '../domain/webhooks/webhook.ts';
import type { Clock } from '../ports/clock.ts';
import type { HookAnswer, HookDoor } from '../service/webhooks/webhook-requests.ts';
import type { HttpApp, HttpContext } from './http-context.ts';
import { problemResponse } from './problem.ts';
import { BODY_BYTES_MAX, readBytes } from './read-body.ts';
import { toResponse } from './surface-routes.ts';

/** How the answers at one path look. */
type HookAnswers = {
  notFound(): Response;
  taken(answer: HookAnswer, webhook: Webhook): Response;
};

/** Bodies that are read at once for one webhook; each takes up to a mebibyte. */
const BODIES_MAX = 8;
/** Webhooks whose counts are kept; the counts of removed ones go with the rest. */
const COUNTS_MAX = 10_000;

type Count = { window: DeliveryWindow | undefined; bodies: number };

/**
 * Serves webhooks at `/hooks/…`, and at the paths of older systems. What is turned away is turned away before its
 * body is read, so that a flood costs no memory.
 */
export function mountHooks(
  app: HttpApp,
  hooks: HookDoor,
  clock: Clock,
  surfaces: readonly Pick<Surface, 'namespace' | 'hooks'>[],
): void {
  const counts = new Map<WebhookId, Count>();
  mountPath(app, hooks, clock, counts, '/hooks/:token', OWN_ANSWERS);
  for (const { namespace, hooks: own } of surfaces) {
    if (own === undefined) continue;
    mountPath(app, hooks, clock, counts, own.path, {
      notFound: () => toResponse(own.notFound),
      taken: (answer, webhook) =>
        webhook.namespace === namespace
          ? toResponse(own.taken(answer, webhook))
          : OWN_ANSWERS.taken(answer, webhook),
    });
  }
}

function mountPath(
  app: HttpApp,
  hooks: HookDoor,
  clock: Clock,
  counts: Map<WebhookId, Count>,
  path: string,
  answers: HookAnswers,
): void {
  app.post(path, async (c) => {
    const webhook = await hooks.find(c.req.param('token') ?? '');
    if (webhook === undefined) return answers.notFound();
    const request = { source: c.env?.incoming?.socket.remoteAddress, headers: headersOf(c) };
    const count = countOf(counts, webhook.id);
    const admission = admitDelivery(count.window, clock.monotonicMs());
    count.window = admission.window;
    if (admission.kind === 'limited') {
      // One row for each minute: a flood must not fill the disk either.
      if (admission.isFirst) await hooks.turnAway(webhook, 'limited', request);
      return limited(admission.retryMs);
    }
    if (!mayCall(webhook, request.source)) {
      await hooks.turnAway(webhook, 'foreign_address', request);
      return answers.notFound();
    }
    if (count.bodies >= BODIES_MAX) return limited(RETRY_SOON_MS);
    count.bodies += 1;
    try {
      const body = await readBytes(c.req.raw);
      if (body.kind === 'too_large') {
        await hooks.turnAway(webhook, 'too_large', request);
        return tooLarge();
      }
      const answer = await hooks.receive(webhook, { ...request, body: body.bytes });
      return REFUSED[answer.verdict]?.(answers) ?? answers.taken(answer, webhook);
    } finally {
      count.bodies -= 1;
    }
  });
}

const RETRY_SOON_MS = 1_000;

const OWN_ANSWERS: HookAnswers = {
  notFound: () =>
    problemResponse(new Refusal('not_found', 'There is no webhook that answers here.')),
  taken: ({ deliveryId, verdict, runId }) =>
    Response.json({ delivery: deliveryId, verdict, run: runId ?? null }, { status: 202 }),
};

/** What is not taken, and how that is answered. */
const REFUSED: Readonly<Partial<Record<Verdict, (answers: HookAnswers) => Response>>> = {
  bad_signature: () =>
    problemResponse(
      new Refusal(
        'forbidden',
        'The signature is missing or does not fit.',
        'Sign the raw body with the secret of the webhook, in the headers of its scheme.',
      ),
      401,
    ),
  late: () =>
    problemResponse(
      new Refusal(
        'forbidden',
        'The request was signed more than five minutes ago, or in the future.',
        'Set the clock of the sender, and sign each try anew.',
      ),
      401,
    ),
  no_task: (answers) => answers.notFound(),
};

function countOf(counts: Map<WebhookId, Count>, id: WebhookId): Count {
  const known = counts.get(id);
  if (known !== undefined) return known;
  if (counts.size >= COUNTS_MAX) counts.clear();
  const count: Count = { window: undefined, bodies: 0 };
  counts.set(id, count);
  return count;
}

function mayCall({ allowedAddresses }: Webhook, source: string | undefined): boolean {
  if (allowedAddresses.length === 0) return true;
  return source !== undefined && isWithinRanges(source, allowedAddresses);
}

function headersOf(c: HttpContext): Readonly<Record<string, string>> {
  return Object.fromEntries(c.req.raw.headers);
}

function limited(retryMs: number): Response {
  return problemResponse(
    new Refusal('unavailable', `A webhook takes up to ${DELIVERIES_PER_MINUTE} requests a minute.`),
    429,
    { 'retry-after': String(Math.max(1, Math.ceil(retryMs / 1_000))) },
  );
}

function tooLarge(): Response {
  return problemResponse(
    new Refusal('invalid', `The body is larger than ${BODY_BYTES_MAX} bytes.`),
    413,
  );
}
