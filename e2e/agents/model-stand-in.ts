import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a command line asks of the model, in the words of neither interface. */
export type ModelRequest = {
  readonly api: 'anthropic' | 'openai';
  readonly model: string;
  /** Every text of the user, the newest last. */
  readonly userTexts: readonly string[];
  /** What tools answered since the newest text of the user. */
  readonly toolAnswers: readonly string[];
  /** Names of the tools that may be called. */
  readonly tools: readonly string[];
};

export type ModelReply =
  | { readonly kind: 'text'; readonly text: string }
  /** The text so many times, with a wait after each. */
  | {
      readonly kind: 'slow';
      readonly pieces: number;
      readonly waitMs: number;
      readonly text: string;
    }
  | {
      readonly kind: 'tool';
      readonly name: string;
      readonly input: Readonly<Record<string, unknown>>;
    }
  | {
      readonly kind: 'refusal';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly type: string;
      readonly message: string;
      /** Fields of the error beside its type and message. */
      readonly extra?: Readonly<Record<string, unknown>>;
    };

export type ModelStandIn = {
  readonly origin: string;
  /** Requests for an answer, oldest first. */
  readonly requests: readonly ModelRequest[];
  close(): Promise<void>;
};

/** What every answer says it took. */
export const STAND_IN_USAGE = { input: 1_000, cached: 200, output: 50 } as const;

const BODY_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Stands in for the interfaces of Anthropic (messages) and OpenAI (responses) on loopback: it streams
 * what `decide` says, with usage, so that real command lines run without an account and without cost.
 */
export async function startModelStandIn(
  decide: (request: ModelRequest) => ModelReply,
): Promise<ModelStandIn> {
  const requests: ModelRequest[] = [];
  const server = createServer((request, response) => {
    answer(request, response, (asked) => {
      requests.push(asked);
      return decide(asked);
    }).catch(() => {
      response.destroy();
    });
  });
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${String(port)}`,
    requests,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

type Decide = (request: ModelRequest) => ModelReply;

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  decide: Decide,
): Promise<void> {
  const body = await readBody(request);
  const path = new URL(request.url ?? '/', 'http://stand-in').pathname;
  if (request.method !== 'POST' || body === undefined) {
    sendJson(response, 404, {}, { error: { type: 'not_found_error', message: 'not here' } });
  } else if (path.endsWith('/count_tokens')) {
    sendJson(response, 200, {}, { input_tokens: 10 });
  } else if (path.endsWith('/messages')) {
    await answerMessages(body, response, decide);
  } else if (path.endsWith('/responses')) {
    await answerResponses(body, response, decide);
  } else {
    sendJson(response, 404, {}, { error: { type: 'not_found_error', message: 'not here' } });
  }
}

type Body = Readonly<Record<string, unknown>>;

async function readBody(request: IncomingMessage): Promise<Body | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > BODY_BYTES_MAX) return undefined;
    parts.push(part);
  }
  try {
    return asObject(JSON.parse(Buffer.concat(parts).toString()));
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Body {
  return typeof value === 'object' && value !== null ? (value as Body) : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function sendJson(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: unknown,
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

// --- Anthropic: POST /v1/messages -----------------------------------------------------------------

async function answerMessages(body: Body, response: ServerResponse, decide: Decide): Promise<void> {
  const reply = decide(messagesRequest(body));
  if (reply.kind === 'refusal') {
    const error = { type: reply.type, message: reply.message, ...reply.extra };
    sendJson(response, reply.status, reply.headers, { type: 'error', error });
    return;
  }
  const model = asText(body['model']);
  if (body['stream'] !== true) {
    sendJson(response, 200, {}, wholeMessage(model, reply));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (event: Body & { readonly type: string }): void => {
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  };
  send({ type: 'message_start', message: messageHead(model) });
  if (reply.kind === 'tool') {
    const block = { type: 'tool_use', id: newId('toolu'), name: reply.name, input: {} };
    send({ type: 'content_block_start', index: 0, content_block: block });
    const delta = { type: 'input_json_delta', partial_json: JSON.stringify(reply.input) };
    send({ type: 'content_block_delta', index: 0, delta });
  } else {
    send({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } });
    for await (const text of piecesOf(reply)) {
      send({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } });
    }
  }
  send({ type: 'content_block_stop', index: 0 });
  const stop = {
    stop_reason: reply.kind === 'tool' ? 'tool_use' : 'end_turn',
    stop_sequence: null,
  };
  send({ type: 'message_delta', delta: stop, usage: { output_tokens: STAND_IN_USAGE.output } });
  send({ type: 'message_stop' });
  response.end();
}

function messagesRequest(body: Body): ModelRequest {
  const userTexts: string[] = [];
  let toolAnswers: string[] = [];
  for (const message of asList(body['messages']).map(asObject)) {
    if (message['role'] !== 'user') continue;
    const { content } = message;
    const blocks =
      typeof content === 'string' ? [{ type: 'text', text: content }] : asList(content);
    for (const block of blocks.map(asObject)) {
      if (block['type'] === 'tool_result') {
        toolAnswers.push(textOfBlocks(block['content']));
      } else if (block['type'] === 'text' && !isReminder(asText(block['text']))) {
        userTexts.push(asText(block['text']));
        toolAnswers = [];
      }
    }
  }
  const tools = asList(body['tools']).map((tool) => asText(asObject(tool)['name']));
  return { api: 'anthropic', model: asText(body['model']), userTexts, toolAnswers, tools };
}

/** Claude Code tells the model things of its own between the texts of the user. */
function isReminder(text: string): boolean {
  return text.trimStart().startsWith('<system-reminder>');
}

function textOfBlocks(content: unknown): string {
  if (typeof content === 'string') return content;
  return asList(content)
    .map((block) => asText(asObject(block)['text']))
    .join('\n');
}

function messageHead(model: string): Body {
  return {
    id: newId('msg'),
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: {
      input_tokens: STAND_IN_USAGE.input,
      output_tokens: 1,
      cache_read_input_tokens: STAND_IN_USAGE.cached,
      cache_creation_input_tokens: 0,
    },
  };
}

function wholeMessage(model: string, reply: Exclude<ModelReply, { kind: 'refusal' }>): Body {
  const head = messageHead(model);
  const content =
    reply.kind === 'tool'
      ? [{ type: 'tool_use', id: newId('toolu'), name: reply.name, input: reply.input }]
      : [{ type: 'text', text: reply.text }];
  return { ...head, content, stop_reason: reply.kind === 'tool' ? 'tool_use' : 'end_turn' };
}

async function* piecesOf(
  reply: Extract<ModelReply, { kind: 'text' | 'slow' }>,
): AsyncGenerator<string> {
  if (reply.kind === 'text') {
    yield reply.text;
    return;
  }
  for (let piece = 0; piece < reply.pieces; piece += 1) {
    yield reply.text;
    await sleep(reply.waitMs);
  }
}

// --- OpenAI: POST /v1/responses -------------------------------------------------------------------

async function answerResponses(
  body: Body,
  response: ServerResponse,
  decide: Decide,
): Promise<void> {
  const reply = decide(responsesRequest(body));
  if (reply.kind === 'refusal') {
    const { type, message, extra } = reply;
    const error = { type, code: type, message, param: null, ...extra };
    sendJson(response, reply.status, reply.headers, { error });
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (event: Body & { readonly type: string }): void => {
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  };
  const id = newId('resp');
  const head = { id, object: 'response', model: body['model'] };
  send({ type: 'response.created', response: { ...head, status: 'in_progress', output: [] } });
  const item = await streamItem(reply, namespacesIn(body), send);
  send({ type: 'response.output_item.done', output_index: 0, item });
  const usage = {
    input_tokens: STAND_IN_USAGE.input,
    input_tokens_details: { cached_tokens: STAND_IN_USAGE.cached },
    output_tokens: STAND_IN_USAGE.output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: STAND_IN_USAGE.input + STAND_IN_USAGE.output,
  };
  const completed = { ...head, status: 'completed', output: [item], usage };
  send({ type: 'response.completed', response: completed });
  response.end();
}

/** Codex offers the tools of an MCP server under a name for all of them. */
function namespacesIn(body: Body): readonly string[] {
  return asList(body['tools'])
    .map(asObject)
    .filter((tool) => tool['type'] === 'namespace')
    .map((tool) => asText(tool['name']));
}

async function streamItem(
  reply: Exclude<ModelReply, { kind: 'refusal' }>,
  namespaces: readonly string[],
  send: (event: Body & { readonly type: string }) => void,
): Promise<Body> {
  if (reply.kind === 'tool') {
    const namespace = namespaces.find((one) => reply.name.startsWith(`${one}__`));
    return {
      ...(namespace === undefined ? {} : { namespace }),
      type: 'function_call',
      id: newId('fc'),
      call_id: newId('call'),
      name: namespace === undefined ? reply.name : reply.name.slice(namespace.length + 2),
      arguments: JSON.stringify(reply.input),
    };
  }
  const id = newId('item');
  const started = { type: 'message', id, role: 'assistant', status: 'in_progress', content: [] };
  send({ type: 'response.output_item.added', output_index: 0, item: started });
  let text = '';
  for await (const delta of piecesOf(reply)) {
    text += delta;
    send({
      type: 'response.output_text.delta',
      item_id: id,
      output_index: 0,
      content_index: 0,
      delta,
    });
  }
  const content = [{ type: 'output_text', text, annotations: [] }];
  return { ...started, status: 'completed', content };
}

function responsesRequest(body: Body): ModelRequest {
  const userTexts: string[] = [];
  let toolAnswers: string[] = [];
  for (const item of asList(body['input']).map(asObject)) {
    if (item['type'] === 'function_call_output') {
      const { output } = item;
      toolAnswers.push(typeof output === 'string' ? output : textOfBlocks(output));
    } else if (item['type'] === 'message' && item['role'] === 'user') {
      const text = textOfBlocks(item['content']);
      if (text.startsWith('<')) continue;
      userTexts.push(text);
      toolAnswers = [];
    }
  }
  const tools = asList(body['tools'])
    .map(asObject)
    .flatMap(({ name, tools: inner }) =>
      inner === undefined
        ? [asText(name)]
        : asList(inner).map((tool) => `${asText(name)}__${asText(asObject(tool)['name'])}`),
    );
  return { api: 'openai', model: asText(body['model']), userTexts, toolAnswers, tools };
}

let made = 0;

function newId(prefix: string): string {
  made += 1;
  return `${prefix}_standin${String(made).padStart(8, '0')}`;
}
