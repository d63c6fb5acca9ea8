/** One server-sent event, as the HTML standard reads it. */
export type SentEvent = {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: string;
  /** Milliseconds to wait before coming back, when the server said so. */
  readonly retryMs: number | undefined;
};

/** The most that is held of an event that has not ended, in characters. */
const HELD_CHARS_MAX = 1_048_576;

/** Takes the stream in whatever parts it comes, and gives its events; comments are left out. */
export function eventParser(): (part: string) => readonly SentEvent[] {
  let held = '';
  return (part) => {
    held = (held + part).replaceAll('\r\n', '\n');
    const blocks = held.split('\n\n');
    held = blocks.pop() ?? '';
    if (held.length > HELD_CHARS_MAX) throw new Error('An event of the stream has no end.');
    return blocks.map(readEvent).filter((event) => event !== undefined);
  };
}

function readEvent(block: string): SentEvent | undefined {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (name === '') continue;
    const before = name === 'data' ? fields.get(name) : undefined;
    fields.set(name, before === undefined ? value : `${before}\n${value}`);
  }
  if (fields.size === 0) return undefined;
  const retry = fields.get('retry');
  return {
    id: fields.get('id'),
    event: fields.get('event') ?? 'message',
    data: fields.get('data') ?? '',
    retryMs: retry !== undefined && /^\d{1,9}$/.test(retry) ? Number(retry) : undefined,
  };
}
