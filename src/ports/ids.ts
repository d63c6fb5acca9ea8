import type { RunId, TaskId } from '../domain/id.ts';

/** Where new ids and other random numbers come from. */
export type Ids = {
  taskId(): TaskId;
  runId(): RunId;
  /** A number from 0 inclusive to 1 exclusive. */
  random(): number;
};
