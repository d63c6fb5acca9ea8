import { openApi } from './api-client.ts';
import { answer, type Context } from './context.ts';
import { compact } from './read-flags.ts';

export type StopAllFlags = { readonly resume?: boolean; readonly reason?: string };

/** `carillon stop-all`: cancels what is in progress, and lets nothing start until `--resume`. */
export async function stopAll(context: Context, flags: StopAllFlags): Promise<void> {
  const api = await openApi({ ...context, mayStart: false });
  if (flags.resume === true) {
    const resumed = (await api.ask({ method: 'POST', path: '/resume-all', body: {} })) as {
      readonly was_stopped: boolean;
    };
    answer(context, resumed, () =>
      resumed.was_stopped ? 'Everything goes on.' : 'Nothing was stopped.',
    );
    return;
  }
  const body = compact({ reason: flags.reason });
  const stopped = (await api.ask({ method: 'POST', path: '/stop-all', body })) as {
    readonly cancelled: number;
  };
  answer(
    context,
    stopped,
    () =>
      `Stopped. ${String(stopped.cancelled)} runs in progress were asked to end; nothing starts until: carillon stop-all --resume`,
  );
}
