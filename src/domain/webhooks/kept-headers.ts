/** Headers of a delivery that tell what it is and nothing that would let somebody send it again. */
const KEPT: readonly string[] = [
  'content-type',
  'user-agent',
  'webhook-id',
  'webhook-timestamp',
  'x-github-delivery',
  'x-github-event',
  'x-github-hook-id',
  'x-gitlab-event',
  'x-gitea-event',
  'idempotency-key',
];

const VALUE_CHARS_MAX = 300;

export function keptHeaders(
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    KEPT.flatMap((name) => {
      const value = headers[name];
      return value === undefined ? [] : [[name, value.slice(0, VALUE_CHARS_MAX)]];
    }),
  );
}
