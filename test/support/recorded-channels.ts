import type { Delivery } from '../../src/domain/outcome.ts';
import type { Channels, Notice } from '../../src/ports/channels.ts';

/** A way to a person that keeps what it was told, and that the test can close. */
export type RecordedChannels = Channels & {
  readonly told: readonly (Notice & { readonly names: readonly string[] })[];
  isOpen: boolean;
};

export function recordedChannels(): RecordedChannels {
  const told: (Notice & { readonly names: readonly string[] })[] = [];
  return {
    told,
    isOpen: true,
    list: () => [{ name: 'phone', kind: 'ntfy' }],
    async deliver(names, notice): Promise<readonly Delivery[]> {
      told.push({ ...notice, names });
      const note = this.isOpen ? 'It was taken.' : 'It was not taken.';
      return [{ channel: 'phone', isDelivered: this.isOpen, note }];
    },
  };
}
