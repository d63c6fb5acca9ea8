import type { Command } from 'commander';
import { collect } from './collect.ts';
import { contextFrom } from './context.ts';

export function addRunCommands(root: Command): void {
  const runs = root.command('runs').alias('run').description('what happened, and what goes on');
  runs
    .command('list')
    .alias('ls')
    .description('list runs, newest first')
    .option('--task <task>', 'only runs of this task')
    .option('--state <state>', 'only runs in this state; repeatable', collect)
    .option('--trigger <trigger>', 'schedule, manual, webhook, task or backfill')
    .option('--since <time>', 'created at or after')
    .option('--until <time>', 'created before')
    .option('--limit <count>', 'how many, up to 50', '30')
    .option('--cursor <text>', 'where the last page ended')
    .action(async (flags: object, command: Command) => {
      const { listRuns } = await import('./runs.ts');
      await listRuns(contextFrom(command), flags);
    });
  runs
    .command('show')
    .description('show one run with its attempts')
    .argument('<run>', 'id')
    .action(async (run: string, _flags: unknown, command: Command) => {
      const { showRun } = await import('./runs.ts');
      await showRun(contextFrom(command), run);
    });
  runs
    .command('logs')
    .description('show what a run printed')
    .argument('<run>', 'id')
    .option('-f, --follow', 'go on until the run has ended')
    .option('--attempt <number>', 'which attempt (default: the latest)')
    .option('--stream <name>', 'stdout, stderr or all', 'all')
    .action(async (run: string, flags: object, command: Command) => {
      const { showOutput } = await import('./run-output.ts');
      await showOutput(contextFrom(command), run, flags);
    });
  runs
    .command('stop')
    .description('stop a run')
    .argument('<run>', 'id')
    .option('--reason <text>', 'why')
    .action(async (run: string, flags: { reason?: string }, command: Command) => {
      const { stopRun } = await import('./runs.ts');
      await stopRun(contextFrom(command), run, flags.reason);
    });
  runs
    .command('answer')
    .description('answer the question that a run waits with')
    .argument('<run>', 'id')
    .argument('<text>', 'the answer; about a budget: yes, no or an amount')
    .action(async (run: string, text: string, _flags: unknown, command: Command) => {
      const { answerRun } = await import('./runs.ts');
      await answerRun(contextFrom(command), run, text);
    });
  runs
    .command('wait')
    .description('wait until a run has ended; the exit code says how')
    .argument('<run>', 'id')
    .option('--timeout <duration>', 'wait no longer than this', '1h')
    .action(async (run: string, flags: { timeout: string }, command: Command) => {
      const { waitForRun } = await import('./run-task.ts');
      await waitForRun(contextFrom(command), run, flags.timeout);
    });
}
