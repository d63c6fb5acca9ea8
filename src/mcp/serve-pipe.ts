import { PassThrough, type Duplex, type Readable, type Writable } from 'node:stream';
import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { owner } from '../domain/principal.ts';
import { Refusal } from '../domain/refusal.ts';
import { asRefusal } from './as-refusal.ts';
import { chooseTools } from './choose-tools.ts';
import { type Handshake, parseHandshake } from './handshake.ts';
import type { McpDeps } from './mcp-deps.ts';
import { readLine } from './read-line.ts';
import type { Seat } from './seat.ts';
import { mcpServerFactory } from './server.ts';

/**
 * Serves one connection of the local socket: a handshake line, its answer, then MCP both ways. Who
 * can open the socket is the owner.
 */
export function servePipe(socket: Duplex, deps: McpDeps): void {
  // A client that goes away mid-sentence is no news; the transport closes by itself.
  socket.on('error', (error) => deps.log.debug('A pipe broke.', { error: error.message }));
  readLine(socket, deps.clock, (line, why) => {
    if (line === undefined) {
      if (why === 'closed') {
        socket.end();
        return;
      }
      const message = `No handshake came ${why === 'too_long' ? 'within 64 KiB' : 'within 5 seconds'}.`;
      turnAway(socket, new Refusal('invalid', message));
      return;
    }
    shakeHands(socket, deps, line).catch((error: unknown) => {
      const refusal = error instanceof Refusal ? error : asRefusal(error, deps.log, { at: 'pipe' });
      turnAway(socket, refusal);
    });
  });
}

async function shakeHands(socket: Duplex, deps: McpDeps, line: string): Promise<void> {
  const handshake = parseHandshake(line);
  const seat = seatFor(deps, handshake);
  await keepSecrets(deps, seat, handshake);
  socket.write(`${JSON.stringify({ ok: true, version: deps.version })}\n`);
  serveMcp(untilAnswered(socket, deps), deps, seat);
}

/** A client whose variables cannot be kept has its tools all the same: most of them need none. */
async function keepSecrets(
  { servicesFor, log }: McpDeps,
  { surface, principal }: Seat,
  { profileSecrets }: Handshake,
): Promise<void> {
  const { name, secretVariables: names = [] } = surface;
  const listed = Object.entries(profileSecrets).filter(([variable]) => names.includes(variable));
  if (listed.length === 0) return;
  try {
    const services = servicesFor(principal);
    const changed = await services.changedProfileSecrets(new Map(listed));
    for (const [secret, value] of changed) await services.setSecret(secret, value);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    log.warn('The variables of a client could not be kept.', {
      surface: name,
      reason: error.message,
    });
  }
}

/** What a pipe gets to see. Refuses unknown surfaces and toolsets. */
function seatFor(deps: McpDeps, handshake: Handshake): Seat {
  const make = deps.surfaces.get(handshake.surface);
  if (make === undefined) {
    const names = [...deps.surfaces.keys()].map((name) => JSON.stringify(name)).join(', ');
    throw new Refusal(
      'not_found',
      `There is no surface ${JSON.stringify(handshake.surface)}. Choose among ${names}.`,
    );
  }
  const surface = make(handshake.settings);
  return {
    surface,
    tools: chooseTools(surface, handshake.toolsets, handshake.isReadOnly),
    cwd: handshake.cwd,
    principal: { ...owner(undefined, surface.namespace), from: 'pipe' },
  };
}

/** What a client asked before it closed its side is answered within this time, in milliseconds. */
const LAST_ANSWERS_MS_MAX = 600;

type Conversation = {
  /** What the client says. It ends when what was asked is answered. */
  readonly input: Readable;
  readonly output: Writable;
  readonly onCall: (change: 1 | -1) => void;
};

/** The transport is deaf and dumb at the end of its input, so that comes after the last answers. */
function untilAnswered(socket: Duplex, { clock }: McpDeps): Conversation {
  const input = new PassThrough();
  let open = 0;
  let hasEnded = false;
  const finish = (): void => {
    input.end();
    socket.end();
  };
  // A turn of the loop later, what came last has become a call, and what was answered last is written.
  const finishWhenQuiet = (): void => {
    setImmediate(() => {
      if (open === 0) finish();
    });
  };
  socket.once('end', () => {
    hasEnded = true;
    const cancel = clock.setTimer(LAST_ANSWERS_MS_MAX, finish);
    socket.once('close', cancel);
    setImmediate(finishWhenQuiet);
  });
  socket.once('close', () => input.end());
  socket.pipe(input, { end: false });
  return {
    input,
    output: socket,
    onCall: (change) => {
      open += change;
      if (hasEnded && open === 0) finishWhenQuiet();
    },
  };
}

function serveMcp(
  { input, output, onCall }: Conversation,
  outer: McpDeps,
  seat: Seat,
): { close(): Promise<void> } {
  const deps: McpDeps = { ...outer, onCall };
  return serveStdio(
    mcpServerFactory(
      deps,
      () => seat,
      () => true,
    ),
    {
      transport: new StdioServerTransport(input, output),
      onerror: (error) =>
        deps.log.debug('A message on a pipe was not served.', { error: error.message }),
    },
  );
}

function turnAway(socket: Duplex, refusal: Refusal): void {
  const { code, message, hint } = refusal;
  const text = hint === undefined ? message : `${message} ${hint}`;
  // A peer that never closes its end would keep the socket open.
  socket.end(`${JSON.stringify({ ok: false, code, message: text })}\n`, () => socket.destroy());
}
