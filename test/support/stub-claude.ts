/* Stands in for the command line of an agent: what it does stands in the first word of its prompt. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

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

const WORKS: Readonly<Record<string, () => void>> = {
  Ask: () => verdict('needs_human', 'Which release should the notes be written for, 2.4 or 3.0?'),
  Limited: () => {
    const until = Math.trunc(performance.timeOrigin / 1_000) + LIMIT_SECONDS;
    print({ ...RESULT, is_error: true, result: `Claude AI usage limit reached|${until}` });
    process.exitCode = 1;
  },
};

function replay(): void {
  const lines = readFileSync(RECORDED, 'utf8').trim().split('\n');
  for (const line of lines) if (!line.includes('"type":"result"')) console.log(line);
  verdict('done', 'Three issues were labelled, one of them needs a second look: it may lose data.');
}

const prompt = process.argv.includes('--version') ? undefined : readFileSync(0, 'utf8').trim();
if (prompt === undefined) console.log('2.1.329 (Claude Code)');
else (WORKS[prompt.split(/\W/)[0] ?? ''] ?? replay)();
