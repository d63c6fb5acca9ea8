import type { Surface } from '../api/surface.ts';
import type { Tool } from '../api/tool.ts';
import type { Principal } from '../domain/principal.ts';

/** What one client gets to see, and who it is. */
export type Seat = {
  readonly surface: Surface;
  readonly tools: readonly Tool[];
  /** Working directory of the client, when it said one. */
  readonly cwd: string | undefined;
  readonly principal: Principal;
};
