/** One event of a stream, as its text says it. */
export type StreamEvent = {
  readonly id: string | undefined;
  readonly kind: string;
  readonly data: string;
};

/** A longer event is none of ours. */
const EVENT_CHARS_MAX = 1_000_000;

/**
 * The events of an answer, one after the other. `EventSource` would want the name of every kind of event in
 * advance, and hides why it was refused.
 */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += decoder.decode(value, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const event = parseEvent(text.slice(0, end));
      text = text.slice(end + 2);
      if (event !== undefined) yield event;
    }
    if (text.length > EVENT_CHARS_MAX) throw new Error('The stream has lost its form.');
  }
}

function parseEvent(block: string): StreamEvent | undefined {
  const fields = block.split('\n').map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')] as const;
  });
  const valueOf = (name: string) => fields.findLast(([field]) => field === name)?.[1];
  const data = fields.filter(([field]) => field === 'data').map(([, value]) => value);
  if (data.length === 0) return undefined;
  return { id: valueOf('id'), kind: valueOf('event') ?? 'message', data: data.join('\n') };
}
