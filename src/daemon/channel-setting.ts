import { readChannelSettings, type ChannelSettings } from '../channels/channel-settings.ts';
import type { Setting } from './setting.ts';

/** The ways to a person, by name, in the order in which they are tried. */
export function channels(sentence: string): Setting<Readonly<Record<string, ChannelSettings>>> {
  return {
    sentence,
    bound: 'an object of channels by name',
    default: {},
    // What is wrong with a channel is said by the refusal, which knows the place.
    read: readChannelSettings,
    parse: (text) => {
      try {
        return JSON.parse(text);
      } catch {
        return text;
      }
    },
  };
}
