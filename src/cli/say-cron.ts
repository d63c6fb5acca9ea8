import { createInterface } from 'node:readline';
import { usageFailure } from './cli-failure.ts';
import type { Context } from './context.ts';
import { answerCron, answerCronLine } from './cron.ts';

export type CronFlags = {
  readonly tz?: string;
  readonly from?: string;
  readonly count: string;
  readonly stdin?: boolean;
};

/** `carillon cron`: the next times of an expression, or of one question per line. */
export async function sayCron(
  context: Context,
  expression: string | undefined,
  flags: CronFlags,
): Promise<void> {
  if (flags.stdin === true) {
    for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
      if (line.trim() === '') continue;
      process.stdout.write(`${answerCronLine(line, Temporal.Now.instant())}\n`);
    }
    return;
  }
  if (expression === undefined) {
    throw usageFailure('Name the expression, in quotes.', 'Such as: carillon cron "0 9 * * 1-5"');
  }
  const { tz, from, count } = flags;
  const { exitCode, stdout, stderr } = answerCron(
    expression,
    { tz, from, count, json: context.isJson },
    Temporal.Now.instant(),
  );
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = exitCode;
}
