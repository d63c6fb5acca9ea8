/**
 * Thrown when a request was not granted, or not answered.
 *
 * `code` is one of `invalid`, `not_found`, `conflict`, `forbidden`, `unavailable` and `internal`, or
 * `unreachable` when nobody answered; then `status` is 0.
 */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly code: string;
  readonly status: number;
  /** What to do instead. */
  readonly hint: string | undefined;
  /** With 412: the revision that the task has now. */
  readonly revision: number | undefined;

  constructor(facts: {
    readonly message: string;
    readonly code: string;
    readonly status: number;
    readonly hint?: string | undefined;
    readonly revision?: number | undefined;
  }) {
    super(facts.message);
    this.code = facts.code;
    this.status = facts.status;
    this.hint = facts.hint;
    this.revision = facts.revision;
  }
}

export function unreachable(message: string): ApiProblem {
  return new ApiProblem({ message, code: 'unreachable', status: 0 });
}

/** What an answer that is no success says. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const { status } = response;
  const { code, detail, hint } = await fieldsOf(response);
  const revision = /^"(\d+)/.exec(response.headers.get('etag') ?? '')?.[1];
  return new ApiProblem({
    status,
    code: typeof code === 'string' ? code : 'internal',
    message:
      typeof detail === 'string' ? detail : `The daemon answered with status ${String(status)}.`,
    hint: typeof hint === 'string' ? hint : undefined,
    revision: revision === undefined ? undefined : Number(revision),
  });
}

async function fieldsOf(response: Response): Promise<Readonly<Record<string, unknown>>> {
  try {
    const value: unknown = await response.json();
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
