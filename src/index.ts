/** What the package offers to programs: its version, and the shapes that its HTTP door speaks. */
export { packageVersion } from './installation/package.ts';
export type { StatusView } from './api/status-view.ts';
export type { TaskBriefView, TaskView } from './api/task-view.ts';
export type { RunBriefView, RunDetailView, RunView } from './api/run-view.ts';
export type { OutputView } from './api/output-view.ts';
export type { ReceiptView } from './api/receipt-view.ts';
export type { CreateTaskInput, UpdateTaskInput } from './api/task-input.ts';
