import type { Action } from '../domain/action.ts';

const SAID_CHARS_MAX = 120;

/** The beginning of what an action does, for the title of an approval. */
export function saysAction(action: Action): string {
  return shortened(wordsOf(action));
}

export function shortened(words: string): string {
  const text = words.replaceAll(/\s+/g, ' ');
  return text.length > SAID_CHARS_MAX ? `${text.slice(0, SAID_CHARS_MAX)}…` : text;
}

function wordsOf(action: Action): string {
  switch (action.kind) {
    case 'command':
      return action.program.kind === 'shell' ? action.program.text : action.program.argv.join(' ');
    case 'http':
      return `${action.method} ${action.url}`;
    case 'agent':
      return `${action.engine}: ${action.prompt}`;
    case 'model':
      return `${action.model}: ${action.prompt}`;
    case 'message':
      return `message to ${action.endpoint}`;
    case 'reminder':
      return `reminder: ${action.title}`;
  }
}
