import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JsonObject } from '../../../src/domain/json.ts';
import { httpServer, type TestServer } from '../../egress/servers.ts';

export type Asked = {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: JsonObject;
};

export type ModelServer = TestServer & {
  /** The requests that came, in order. */
  readonly asked: readonly Asked[];
};

/** A real server on loopback that hands each request to `answer` once it has come in full. */
export async function modelServer(
  answer: (response: ServerResponse, asked: Asked) => unknown,
): Promise<ModelServer> {
  const asked: Asked[] = [];
  const server = await httpServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const one = {
      path: request.url ?? '',
      headers: request.headers,
      body: JSON.parse(text) as JsonObject,
    };
    asked.push(one);
    await answer(response, one);
  });
  return { ...server, asked };
}

export function beginStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
}

export function sendData(response: ServerResponse, data: unknown, event?: string): void {
  response.write(
    `${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`,
  );
}

/** A piece of an answer as servers in the manner of OpenAI's chat completions send it. */
export function chatPiece(text: string): object {
  return { ...CHAT, choices: [{ index: 0, delta: { content: text }, finish_reason: null }] };
}

const CHAT = { id: 'chat-1', object: 'chat.completion.chunk', created: 1, model: 'local-small' };

export type ChatUsage = {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly prompt_tokens_details?: { readonly cached_tokens: number };
};

export function endChat(response: ServerResponse, usage?: ChatUsage, reason = 'stop'): void {
  sendData(response, { ...CHAT, choices: [{ index: 0, delta: {}, finish_reason: reason }] });
  if (usage !== undefined) sendData(response, { ...CHAT, choices: [], usage });
  response.end('data: [DONE]\n\n');
}

/** An answer of OpenAI's chat completions in the given pieces. */
export function chatAnswer(
  response: ServerResponse,
  pieces: readonly string[],
  usage?: ChatUsage,
): void {
  beginStream(response);
  for (const piece of pieces) sendData(response, chatPiece(piece));
  endChat(response, usage);
}

export function beginMessage(response: ServerResponse, inputTokens: number, cached = 0): void {
  beginStream(response);
  const usage = {
    input_tokens: inputTokens,
    output_tokens: 1,
    cache_read_input_tokens: cached,
    cache_creation_input_tokens: 0,
  };
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [] };
  const ends = { stop_reason: null, stop_sequence: null };
  sendEvent(response, { type: 'message_start', message: { ...message, ...ends, usage } });
  sendEvent(response, {
    type: 'content_block_start',
    index: 0,
    content_block: { type: 'text', text: '' },
  });
}

/** An event as Anthropic's messages API streams it. */
export function sendEvent(
  response: ServerResponse,
  data: { readonly type: string; readonly [key: string]: unknown },
): void {
  sendData(response, data, data.type);
}

export function messagePiece(text: string) {
  return { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } };
}

export function endMessage(response: ServerResponse, outputTokens: number): void {
  sendEvent(response, { type: 'content_block_stop', index: 0 });
  sendEvent(response, {
    type: 'message_delta',
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: outputTokens },
  });
  sendEvent(response, { type: 'message_stop' });
  response.end();
}
