import type { ReminderAction } from '../domain/action.ts';
import { Refusal } from '../domain/refusal.ts';
import { checkCount, checkFilled, checkLength, quoted } from './check-values.ts';

const TITLE_CHARS_MAX = 250;
const BODY_CHARS_MAX = 10_000;
const CHANNELS_MAX = 10;
const CHANNEL = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;
const SOUND = /^[A-Za-z0-9_][A-Za-z0-9_. -]{0,99}$/;

export function checkReminder(action: ReminderAction): ReminderAction {
  checkFilled('The title', action.title, TITLE_CHARS_MAX);
  checkLength('The body', action.body, BODY_CHARS_MAX);
  checkCount('channels', action.channels.length, CHANNELS_MAX);
  for (const channel of action.channels) {
    if (CHANNEL.test(channel)) continue;
    throw new Refusal(
      'invalid',
      `${quoted(channel)} is not the name of a channel. Write one from the configuration, such as desktop.`,
    );
  }
  if (action.sound !== undefined && !SOUND.test(action.sound)) {
    throw new Refusal(
      'invalid',
      `${quoted(action.sound)} is not the name of a sound. Write letters, digits and . _ -, or none.`,
    );
  }
  return { ...action, channels: [...new Set(action.channels)] };
}
