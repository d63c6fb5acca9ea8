import { openApi } from './api-client.ts';
import { CliFailure } from './cli-failure.ts';
import { answer, type Context } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { table } from './table.ts';

/** `carillon notify list`: the channels in the order in which they are tried. */
export async function listChannels(context: Context): Promise<void> {
  const api = await openApi(context);
  const { channels } = (await api.ask({ method: 'GET', path: '/channels' })) as {
    readonly channels: readonly { readonly name: string; readonly kind: string }[];
  };
  answer(context, { channels }, () =>
    table(
      ['CHANNEL', 'KIND'],
      channels.map(({ name, kind }) => [name, kind]),
    ),
  );
}

type Delivery = {
  readonly channel: string;
  readonly is_delivered: boolean;
  readonly note: string;
};

/** `carillon notify test`: fails when a channel did not take the notice. */
export async function testChannels(context: Context, channel: string | undefined): Promise<void> {
  const api = await openApi(context);
  const { deliveries } = (await api.ask({
    method: 'POST',
    path: '/channels/test',
    body: channel === undefined ? {} : { channel },
  })) as { readonly deliveries: readonly Delivery[] };
  answer(context, { deliveries }, () =>
    table(
      ['CHANNEL', 'TOOK IT', 'NOTE'],
      deliveries.map((one) => [one.channel, one.is_delivered ? 'yes' : 'no', one.note]),
    ),
  );
  const failed = deliveries.filter((one) => !one.is_delivered);
  if (failed.length === 0) return;
  throw new CliFailure(
    EXIT.failure,
    'not_delivered',
    `${failed.map((one) => one.channel).join(', ')} did not take the notice.`,
    'docs/notifications.md says what each channel needs.',
  );
}
