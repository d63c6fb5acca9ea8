/* Stands in for the command line of an agent: what it does stands in the first word of its prompt. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const RECORDED = join(import.meta.dirname, '../fixtures/transcripts/claude-tool.jsonl');
const RESULT = {
  type: 'result',
  subtype: 'success',
  is_error: false,
  session_id: 's-1',
  num_turns: 3,
  total_cost_usd: 0.0423,
  usage: { input_tokens: 18_200, output_tokens: 940, cache_read_input_tokens: 12_000 },
};
/** So far ahead that nothing waits for it in a test. */
const LIMIT_SECONDS = 7_200;

function print(line: object): void {
  console.log(JSON.stringify(line));
}

function verdict(kind: string, summary: string): void {
  print({ ...RESULT, result: JSON.stringify({ verdict: kind, summary }) });
}

type Settings = {
  readonly mcpServers: {
    readonly carillon: { readonly url: string; readonly headers: Readonly<Record<string, string>> };
  };
};

/** Wants a task of its own, with the leave that its run was given. */
async function wishForTask(): Promise<void> {
  const { values } = parseArgs({ options: { 'mcp-config': { type: 'string' } }, strict: false });
  const file = readFileSync(String(values['mcp-config']), 'utf8');
  const { url, headers } = (JSON.parse(file) as Settings).mcpServers.carillon;
  const answer = await fetch(new URL('/api/v1/tasks', url), {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'Look again',
      when: 'in 1h',
      action: { kind: 'command', command: 'git log --since=1.hour' },
    }),
  });
  verdict('done', `A second look was asked for: ${answer.status}.`);
}

const WORKS: Readonly<Record<string, () => void | Promise<void>>> = {
  Delegate: wishForTask,
  Ask: () => verdict('needs_human', 'Which release should the notes be written for, 2.4 or 3.0?'),
  Limited: () => {
    const until = Math.trunc(performance.timeOrigin / 1_000) + LIMIT_SECONDS;
    print({ ...RESULT, is_error: true, result: `Claude AI usage limit reached|${until}` });
    process.exitCode = 1;
  },
};

function replay(): void {
  const lines = readFileSync(RECORDED, 'utf8').trim().split('\n');
  for (const line of lines) {
    if (/"type":"result"/.test(line)) continue;
    console.log(line.replaceAll(/mock says hello; (?:[^"\\]|\\.)*/g, 'Three issues are labelled.'));
  }
  verdict('done', 'Three issues were labelled, one of them needs a second look: it may lose data.');
}

const prompt = process.argv.includes('--version') ? undefined : readFileSync(0, 'utf8').trim();
if (prompt === undefined) console.log('2.1.329 (Claude Code)');
else await (WORKS[prompt.split(/\W/)[0] ?? ''] ?? replay)();
