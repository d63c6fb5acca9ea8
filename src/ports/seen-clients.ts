/** A program that has called over MCP, as it named itself. */
export type SeenClient = {
  readonly name: string;
  /** The latest that it told. */
  readonly version: string | undefined;
  readonly transport: 'pipe' | 'http';
};

export type SeenClientListing = SeenClient & {
  readonly firstAt: Temporal.Instant;
  readonly lastAt: Temporal.Instant;
  /** Tasks that it has made and that are there. */
  readonly tasks: number;
};

/** The programs that call, each by its name and its way in. */
export type SeenClients = {
  /** Of more than CLIENTS_MAX the one that was unheard of for longest is forgotten. */
  note(client: SeenClient, at: Temporal.Instant): Promise<void>;
  /** The one that called last comes first. */
  list(): Promise<readonly SeenClientListing[]>;
};

/** More programs than these are not kept. */
export const CLIENTS_MAX = 50;
