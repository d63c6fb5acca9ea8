import type { Endpoint } from '../egress/egress-policy.ts';

const STANDARD_PORTS = [80, 443];

/**
 * Where the daemon answers under the names that it may be called by: through a proxy on the standard
 * ports, or at its own port. Nothing that a task requests goes there.
 *
 * @param allowedHosts `host` or `host:port`, as configured.
 */
export function publicEndpoints(
  allowedHosts: readonly string[],
  ownPort: number,
): readonly Endpoint[] {
  return allowedHosts.flatMap((allowed) => {
    if (!URL.canParse(`http://${allowed}/`)) return [];
    // A standard port that is written out is dropped by the scheme that it is standard for.
    const [, written] = /:(\d{1,5})$/.exec(allowed) ?? [];
    const host = new URL(`http://${allowed}/`).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
    const ports = written === undefined ? [...STANDARD_PORTS, ownPort] : [Number(written)];
    return ports.map((port) => ({ host, port }));
  });
}
