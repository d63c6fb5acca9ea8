import type { WireJob } from './jobs.ts';

/** Markdown for people, as the older system answers. */
export function sayJob(operation: string, message: string, job: WireJob): string {
  const headers = Object.entries(job.headers);
  return lines(
    `# ${operation} Result`,
    `✅ **Success**: ${message}`,
    '',
    '## Job Details',
    `- **ID**: ${job.job_id}`,
    `- **Name**: ${job.name}`,
    `- **URL**: ${job.url}`,
    `- **Method**: ${job.method}`,
    `- **Cron Expression**: \`${job.cron_expression}\``,
    `- **Status**: ${job.status}`,
    ...(job.next_run_at === null ? [] : ['', '## Schedule', `- **Next Run**: ${job.next_run_at}`]),
    ...(headers.length === 0
      ? []
      : ['', '## Headers', ...headers.map(([name, value]) => `- **${name}**: ${value}`)]),
    ...(job.body === '' ? [] : ['', '## Request Body', '```', job.body, '```']),
  );
}

/** Failures are told like everything else. */
export function sayFailure(message: string): string {
  return lines('# Error', `❌ **Error**: ${message}`);
}

export function sayJobs(jobs: readonly WireJob[], isCut: boolean): string {
  if (jobs.length === 0) {
    return lines('# Job List', '', '## No Jobs Found', 'Make one with create_job.');
  }
  const counts = new Map<string, number>();
  for (const { status } of jobs) counts.set(status, (counts.get(status) ?? 0) + 1);
  return lines(
    '# Job List',
    `Found ${jobs.length} jobs`,
    '',
    '## Status Summary',
    ...[...counts].map(([status, count]) => `- **${status}**: ${count}`),
    ...(isCut ? ['', '⚠️ There are more jobs than the limit.'] : []),
    '',
    '## Jobs',
    ...jobs.flatMap((job, index) => [
      `### ${index + 1}. ${job.name} ${EMOJI[job.status]}`,
      `- **ID**: ${job.job_id}`,
      `- **URL**: ${job.url}`,
      `- **Method**: ${job.method}`,
      `- **Cron**: \`${job.cron_expression}\``,
      `- **Status**: ${job.status}`,
      `- **Next Run**: ${job.next_run_at ?? 'none'}`,
      '',
    ]),
  );
}

const EMOJI: Readonly<Record<WireJob['status'], string>> = {
  pending: '⏳',
  paused: '⏸️',
  success: '✅',
  failed: '❌',
};

type Log = {
  readonly timestamp: string;
  readonly status: string;
  readonly response_code: number;
  readonly error_message: string;
};

export function sayLogs(logs: readonly Log[]): string {
  if (logs.length === 0) return lines('# Job Execution Logs', '', '## No Execution Logs Found');
  const good = logs.filter(({ status }) => status === 'success').length;
  return lines(
    '# Job Execution Logs',
    `Found ${logs.length} executions`,
    '',
    '## Execution Summary',
    `- **success**: ${good}`,
    `- **failed**: ${logs.length - good}`,
    '',
    '## Recent Executions',
    ...logs.flatMap((log, index) => [
      `### ${index + 1}. ${log.status === 'success' ? '✅' : '❌'} ${log.timestamp}`,
      `- **Status**: ${log.status}`,
      `- **Executed At**: ${log.timestamp}`,
      `- **Response Code**: ${log.response_code}`,
      ...(log.error_message === '' ? [] : [`- **Error**: ${log.error_message}`]),
    ]),
  );
}

export function lines(...all: readonly string[]): string {
  return all.join('\n');
}
