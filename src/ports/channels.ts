import type { NoticeLevel } from '../domain/inbox/inbox-item.ts';
import type { Delivery } from '../domain/outcome.ts';

/** What a person is told. Both texts may come from outside: channels show them and obey nothing in them. */
export type Notice = {
  /** The same for every try, so that a receiver can tell a repeat. */
  readonly key: string;
  readonly title: string;
  readonly body: string;
  readonly level: NoticeLevel;
  /** Name of a sound, `none`, or absent for the channel's own. */
  readonly sound: string | undefined;
};

export type ChannelListing = { readonly name: string; readonly kind: string };

/** The ways to a person, as the configuration names them. */
export type Channels = {
  /** In the order in which they are tried. */
  list(): readonly ChannelListing[];
  /**
   * Tries the named channels in their order, every configured one when none is named, until one has
   * taken the notice. Never throws for what the world does.
   *
   * @returns one entry for each channel that was tried.
   */
  deliver(
    names: readonly string[],
    notice: Notice,
    signal: AbortSignal,
  ): Promise<readonly Delivery[]>;
};
