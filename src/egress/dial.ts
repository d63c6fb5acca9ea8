import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { buildConnector } from 'undici';
import { isSameAddress } from './address-class.ts';
import { EgressError, egressErrorOf } from './egress-failure.ts';
import { hostOf, refuseAddress, type EgressPolicy } from './egress-policy.ts';

/** Every address of a name. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** The longest that resolving and connecting may take together. */
const CONNECT_MS_MAX = 10_000;

/** Addresses of one name that are tried, and that are looked at. */
const ADDRESSES_TRIED_MAX = 4;
const ADDRESSES_MAX = 64;

/**
 * The only way to a socket: resolves the name, checks every address it has, and dials a checked
 * address itself, so that a second look-up cannot answer differently.
 */
export function createDial(
  policy: EgressPolicy,
  resolve: Resolve,
  connectMsMax: number = CONNECT_MS_MAX,
): buildConnector.connector {
  return (options, callback) => {
    void answer(dial(policy, resolve, targetOf(options), connectMsMax), callback);
  };
}

async function answer(dialled: Promise<Socket>, callback: buildConnector.Callback): Promise<void> {
  const result = await dialled.catch(egressErrorOf);
  if (result instanceof EgressError) callback(result, null);
  else callback(null, result);
}

type Target = {
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
};

function targetOf(options: buildConnector.Options): Target {
  const isSecure = options.protocol === 'https:';
  const port = options.port === '' ? (isSecure ? 443 : 80) : Number(options.port);
  const host = hostOf(new URL(`${options.protocol}//${options.host ?? options.hostname}`));
  return { host, port, isSecure };
}

async function dial(
  policy: EgressPolicy,
  resolve: Resolve,
  target: Target,
  connectMsMax: number,
): Promise<Socket> {
  const endsAt = performance.now() + connectMsMax;
  const addresses = isIP(target.host)
    ? [target.host]
    : await within(resolve(target.host), connectMsMax);
  if (addresses.length === 0) throw new EgressError('unreachable', 'ENOTFOUND');
  if (addresses.length > ADDRESSES_MAX) throw new EgressError('egress_refused', 'special');
  // One forbidden address spoils the name: which of them is dialled must not be left to chance.
  for (const address of addresses) requireAllowed(policy, address, target);
  return await dialFirst(policy, addresses.slice(0, ADDRESSES_TRIED_MAX), target, endsAt);
}

async function dialFirst(
  policy: EgressPolicy,
  addresses: readonly string[],
  target: Target,
  endsAt: number,
): Promise<Socket> {
  let failure: unknown;
  for (const [index, address] of addresses.entries()) {
    const isLast = index === addresses.length - 1;
    const leftMs = endsAt - performance.now();
    if (leftMs <= 0) break;
    try {
      const socket = await connectTo(address, target, isLast ? leftMs : leftMs / 2);
      return checkPeer(policy, socket, address, target);
    } catch (error) {
      failure = error;
    }
  }
  throw failure ?? new EgressError('unreachable', 'CONNECT_TIMEOUT');
}

function connectTo(address: string, target: Target, timeoutMs: number): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const options = { host: address, port: target.port, noDelay: true };
  const socket = target.isSecure
    ? connectTls({
        ...options,
        // The name keeps its meaning for the certificate although the address is what is dialled.
        ...(isIP(target.host) ? {} : { servername: target.host }),
        ALPNProtocols: ['http/1.1'],
        rejectUnauthorized: true,
      })
    : connectTcp(options);
  const timer = setTimeout(
    () => socket.destroy(new EgressError('unreachable', 'CONNECT_TIMEOUT')),
    timeoutMs,
  );
  socket.once(target.isSecure ? 'secureConnect' : 'connect', () => resolve(socket));
  // Stays on: between here and its use by the client nobody else listens.
  socket.on('error', reject);
  return promise.finally(() => clearTimeout(timer));
}

function checkPeer(policy: EgressPolicy, socket: Socket, address: string, target: Target): Socket {
  const peer = socket.remoteAddress;
  if (peer === undefined) {
    socket.destroy();
    throw new EgressError('unreachable', 'ECONNRESET');
  }
  if (!isSameAddress(peer, address)) {
    socket.destroy();
    throw new EgressError('egress_refused', 'special');
  }
  try {
    requireAllowed(policy, peer, target);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return socket;
}

function requireAllowed(policy: EgressPolicy, address: string, target: Target): void {
  const refusal = refuseAddress(policy, address, target.host, target.port);
  if (refusal !== undefined) throw new EgressError('egress_refused', refusal);
}

async function within<Value>(promise: Promise<Value>, timeoutMs: number): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new EgressError('unreachable', 'CONNECT_TIMEOUT')),
    timeoutMs,
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
