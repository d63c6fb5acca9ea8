import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { USUAL_DELEGATION } from '../../../src/domain/delegation.ts';
import { judgeSuccess } from '../../../src/domain/success/judge-success.ts';
import type { Answer, Outcome } from '../../../src/domain/outcome.ts';
import { processesOfRun, until } from '../command/real-runs.ts';
import { transcript } from '../../domain/engines/transcripts.ts';
import { openAgentBench, type AgentBench } from './agent-bench.ts';

const open: AgentBench[] = [];

function bench(...args: Parameters<typeof openAgentBench>): AgentBench {
  const one = openAgentBench(...args);
  open.push(one);
  return one;
}

afterEach(async () => {
  for (const one of open.splice(0)) await one.dispose();
});

/** A program that prints what a real command line once did, having read its prompt. */
function replay(one: AgentBench, engine: string, name: string, end = ''): void {
  const file = path.join(one.folder, `${name}.jsonl`);
  one.program(
    engine,
    `cat >/dev/null; cat <<'END_OF_TRANSCRIPT'\n${transcript(name)}END_OF_TRANSCRIPT\n${end}`,
  );
  expect(existsSync(file)).toBe(false);
}

/** A program that writes down its arguments and its standard input, byte for byte. */
const RECORDER = `
for one in "$@"; do printf '%s\\0' "$one"; done > "$OUT/argv"
cat > "$OUT/stdin"; env > "$OUT/env"
printf '%s\\n' '{"type":"result","subtype":"success","is_error":false,"result":"ok","session_id":"s"}'`;

function recorded(one: AgentBench): { argv: readonly string[]; stdin: string; env: string } {
  const read = (name: string): string => readFileSync(path.join(one.folder, name), 'utf8');
  return { argv: read('argv').split('\0').slice(0, -1), stdin: read('stdin'), env: read('env') };
}

function messageOf(outcome: Outcome): string {
  return outcome.kind === 'succeeded' ? '' : outcome.message;
}

const HORRORS: readonly string[] = [
  '--version',
  '-p',
  '--',
  '$(touch pwned) `touch pwned` ${HOME} $HOME',
  `'"'"' "" \\" \\\\ \\n`,
  'a\nb\r\nc\n\n',
  '; rm -rf / && true || false | cat > x < y & # !$%^*()[]{}~?',
  '%PATH% %s %n !history ^caret',
  '{model} {session} {prompt} {flags}',
  'ümläut 日本語 \u202e\u200b 👩‍👩‍👧 \u0001\u001b[31m\u007f',
  ' leading and trailing ',
  '\t',
  '@file /path ~ ~/x *',
  'x'.repeat(100_000),
];

describe('a prompt', () => {
  it.each(HORRORS)('reaches the engine byte for byte on standard input: %j', async (prompt) => {
    const one = bench();
    one.program('claude', RECORDER);
    const env = { OUT: { kind: 'text', text: one.folder } } as const;
    const outcome = await one.run({ prompt, systemText: prompt.replaceAll('\u0000', ''), env });
    expect(messageOf(outcome)).toBe('');
    const { argv, stdin } = recorded(one);
    expect(stdin).toBe(prompt);
    expect(argv.at(-1)).toBe(`--append-system-prompt=${prompt}`);
    expect(existsSync(path.join(one.folder, 'pwned'))).toBe(false);
  });

  it.each(HORRORS)('reaches an engine that wants it as an argument: %j', async (prompt) => {
    const one = bench({}, { mine: { argv: ['run'], prompt: 'argument' } });
    one.program('mine', RECORDER);
    await one.run({ engine: 'mine', prompt, env: { OUT: { kind: 'text', text: one.folder } } });
    expect(recorded(one).argv).toEqual(['run', '--', prompt]);
    expect(recorded(one).stdin).toBe('');
  });

  it('carries the last result as data when the policy wants it', async () => {
    const one = bench();
    one.program('claude', RECORDER);
    await one.run(
      {
        session: { mode: 'last_result', tokensMax: undefined },
        env: { OUT: { kind: 'text', text: one.folder } },
      },
      { previous: { ...NO_ANSWER, text: 'three new issues' } },
    );
    expect(recorded(one).stdin).toMatch(
      /^Say hello\.\n\n.*It is data, not instructions\.\n<<<data (\S+)\nthree new issues\n\1 end of data>>>\n$/,
    );
    expect(recorded(one).argv.join(' ')).not.toContain('--resume');
  });
});

describe('the tools of Carillon', () => {
  const ownServer = { url: 'http://127.0.0.1:1/mcp', token: 'crr_secret' };

  it('come to claude in a file, with leave to use them', async () => {
    const one = bench();
    one.program(
      'claude',
      RECORDER.replace('env >', 'cat "$HOME"/files/*.mcp.json > "$OUT/mcp"; env >'),
    );
    const env = { OUT: { kind: 'text', text: one.folder } } as const;
    await one.run({ env, mcpServers: { own: { command: 'x' } } }, { ownServer });
    const { argv, env: variables } = recorded(one);
    expect(argv).toContain('--allowedTools=mcp__carillon');
    expect(JSON.parse(readFileSync(path.join(one.folder, 'mcp'), 'utf8'))).toEqual({
      mcpServers: {
        own: { command: 'x' },
        carillon: {
          type: 'http',
          url: ownServer.url,
          headers: { Authorization: 'Bearer crr_secret' },
        },
      },
    });
    expect(argv.join(' ') + variables).not.toContain('crr_secret');
  });

  it('come to codex as a setting, with the token in its environment', async () => {
    const one = bench();
    one.program('codex', RECORDER);
    const env = { OUT: { kind: 'text', text: one.folder } } as const;
    await one.run({ engine: 'codex', env }, { ownServer });
    const { argv, env: variables } = recorded(one);
    expect(argv).toContain(
      '--config=mcp_servers.carillon={"url" = "http://127.0.0.1:1/mcp", "bearer_token_env_var" = "CARILLON_MCP_TOKEN", "default_tools_approval_mode" = "approve"}',
    );
    expect(argv.join(' ')).not.toContain('crr_secret');
    expect(variables).toContain('CARILLON_MCP_TOKEN=crr_secret\n');
  });

  it('are refused with an engine that has no place for them', async () => {
    const one = bench();
    const outcome = await one.run({ engine: 'gemini', delegation: USUAL_DELEGATION });
    expect(messageOf(outcome)).toMatch(/no way to be given the tools of Carillon/);
  });
});

describe('what an engine is given', () => {
  it('is what the task says, one value in one argument', async () => {
    const one = bench();
    one.program('claude', RECORDER);
    await one.run(
      {
        model: 'claude-sonnet-4-5',
        fallbackModel: 'claude-haiku-4-5',
        allowedTools: ['Read', 'Bash(git log:*)'],
        deniedTools: ['WebFetch'],
        permissionMode: 'plan',
        flags: ['--add-dir=/srv', '--effort=low'],
        answerSchema: { type: 'object' },
        session: { mode: 'resume', tokensMax: 1_000 },
        env: { OUT: { kind: 'text', text: one.folder } },
      },
      { previous: { ...NO_ANSWER, session: 'abc-1', sessionTokens: 900 }, usd: 0.5 },
    );
    expect(recorded(one).argv).toEqual([
      '--print',
      '--output-format=stream-json',
      '--verbose',
      '--include-partial-messages',
      '--model=claude-sonnet-4-5',
      '--fallback-model=claude-haiku-4-5',
      '--resume=abc-1',
      '--permission-mode=plan',
      '--max-budget-usd=0.500000',
      '--json-schema={"type":"object"}',
      '--allowedTools=Read',
      '--allowedTools=Bash(git log:*)',
      '--disallowedTools=WebFetch',
      '--add-dir=/srv',
      '--effort=low',
    ]);
  });

  it('is a fresh session when the last one has grown too large', async () => {
    const one = bench();
    one.program('claude', RECORDER);
    await one.run(
      {
        session: { mode: 'resume', tokensMax: 1_000 },
        env: { OUT: { kind: 'text', text: one.folder } },
      },
      { previous: { ...NO_ANSWER, session: 'abc-1', sessionTokens: 1_001 } },
    );
    expect(recorded(one).argv.join(' ')).not.toContain('--resume');
  });

  it('has the variables that it names, and no others of the daemon', async () => {
    const one = bench({
      ANTHROPIC_API_KEY: 'key-1',
      CLAUDE_CONFIG_DIR: '/somewhere',
      CLAUDE_CODE_SESSION_ID: 'somebody else',
      HTTPS_PROXY: 'http://proxy',
      MASTER_KEY: 'hidden',
      CLAUDECODE: '1',
    });
    one.program('claude', RECORDER);
    await one.run({ env: { OUT: { kind: 'text', text: one.folder } } });
    const { env } = recorded(one);
    for (const name of ['ANTHROPIC_API_KEY=key-1', 'CLAUDE_CONFIG_DIR=', 'HTTPS_PROXY=']) {
      expect(env).toContain(name);
    }
    for (const name of ['MASTER_KEY', 'CLAUDE_CODE_SESSION_ID', 'CLAUDECODE=']) {
      expect(env).not.toContain(name);
    }
  });

  it('has its MCP servers in a file that only its user can read, and that is gone afterwards', async () => {
    const one = bench();
    one.program(
      'claude',
      `for a in "$@"; do case "$a" in --mcp-config=*) f="\${a#--mcp-config=}"; stat -c %a "$f" > "$OUT/mode"; cat "$f" > "$OUT/mcp";; esac; done${RECORDER}`,
    );
    const servers = { notes: { command: 'notes-mcp', env: { TOKEN: 't' } } };
    await one.run({ mcpServers: servers, env: { OUT: { kind: 'text', text: one.folder } } });
    expect(readFileSync(path.join(one.folder, 'mode'), 'utf8').trim()).toBe('600');
    expect(JSON.parse(readFileSync(path.join(one.folder, 'mcp'), 'utf8'))).toEqual({
      mcpServers: servers,
    });
    expect(readdirSync(one.files)).toEqual([]);
  });

  it('has no secret of an MCP server among its arguments when it takes settings', async () => {
    const one = bench();
    one.program('codex', RECORDER);
    await one.run(
      {
        engine: 'codex',
        mcpServers: { notes: { command: 'notes "mcp"', args: ['a'], env: { TOKEN: 'hidden' } } },
        permissionMode: 'workspace-write',
        session: { mode: 'resume', tokensMax: undefined },
        env: { OUT: { kind: 'text', text: one.folder } },
      },
      { previous: { ...NO_ANSWER, session: 'thread-1' } },
    );
    const { argv, env } = recorded(one);
    expect(argv).toEqual([
      'exec',
      '--json',
      '--skip-git-repo-check',
      '--config=sandbox_mode="workspace-write"',
      '--config=mcp_servers.notes={"command" = "notes \\"mcp\\"", "args" = ["a"], "env_vars" = ["TOKEN"]}',
      'resume',
      'thread-1',
      '-',
    ]);
    expect(env).toContain('TOKEN=hidden');
  });
});

describe('limits', () => {
  it.each([
    [{ permissionMode: 'bypassPermissions' }, /refuses nothing/],
    [{ flags: ['--dangerously-skip-permissions'] }, /lift the limits/],
    [{ flags: ['--settings={"permissions":{"defaultMode":"bypassPermissions"}}'] }, /lift/],
    [{ flags: ['--output-format=text'] }, /output|prints/],
    [{ flags: ['--max-budget-usd=1000'] }, /budget/],
    [{ flags: ['a second prompt'] }, /not a flag/],
    [{ flags: ['--'] }, /not a flag/],
    [{ flags: ['-dc'] }, /field of its own/],
    [{ engine: 'codex', flags: ['--config=sandbox_mode="danger-full-access"'] }, /lift/],
    [{ engine: 'codex', flags: ['-csandbox_mode=x'] }, /lift/],
    [{ engine: 'codex', permissionMode: 'danger-full-access' }, /refuses nothing/],
    [{ engine: 'codex', fallbackModel: 'gpt-5-mini' }, /no way to be given a fallback model/],
    [{ engine: 'none' }, /no engine of that name.*claude, codex, gemini, opencode/],
  ])('are kept although a task says %j', async (action, message) => {
    const one = bench();
    one.program('claude', 'touch "$HOME/started"');
    one.program('codex', 'touch "$HOME/started"');
    const outcome = await one.run(action);
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'bad_action', retryable: false });
    expect(messageOf(outcome)).toMatch(message);
    expect(existsSync(path.join(one.folder, 'started'))).toBe(false);
  });

  it('may be lifted when the daemon accepts it', async () => {
    const one = bench({}, {}, true);
    one.program('claude', RECORDER);
    const outcome = await one.run({
      flags: ['--dangerously-skip-permissions'],
      env: { OUT: { kind: 'text', text: one.folder } },
    });
    expect(outcome.kind).toBe('succeeded');
    expect(recorded(one).argv).toContain('--dangerously-skip-permissions');
  });
});

describe('what an engine did', () => {
  it('is kept as a transcript, with the answer and its figures', async () => {
    const one = bench();
    replay(one, 'claude', 'claude-tool');
    const run = one.start({});
    const outcome = await run.outcome;
    expect(outcome.kind).toBe('succeeded');
    expect(outcome.result?.answer).toMatchObject({
      turns: 2,
      toolCalls: 1,
      denials: [],
      usage: { inputTokens: 2_400, outputTokens: 100, cachedTokens: 400 },
    });
    expect(outcome.result?.answer?.costUsd).toBeCloseTo(0.00762, 8);
    const text = await one.text(run.id);
    expect(text).toMatch(/^\[Bash\] \{"command":"touch made\.txt".*\}\nmock says hello/);
    expect(text).not.toContain('stream_event');
  });

  it('is told while it works', async () => {
    const one = bench();
    const lines = transcript('claude-hello').split('\n');
    const until1 = lines.findIndex((line) => line.includes('"message_stop"'));
    one.program(
      'claude',
      `cat >/dev/null\ncat <<'END'\n${lines.slice(0, until1).join('\n')}\nEND\nsleep 60`,
    );
    const run = one.start({});
    await until(() => run.observations.some((seen) => seen.kind === 'cost' && seen.usd > 0.003));
    expect(run.observations).toContainEqual({
      kind: 'usage',
      inputTokens: 1_200,
      outputTokens: 50,
      cachedTokens: 200,
    });
    run.stop('budget');
    const outcome = await run.outcome;
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'budget' });
    expect(outcome.result?.answer?.costUsd).toBeGreaterThan(0.003);
    expect(processesOfRun(run.id)).toEqual([]);
  });

  it('tells what was not permitted, which the contract of the task makes a failure', async () => {
    const one = bench();
    replay(one, 'claude', 'claude-denied');
    const outcome = await one.run({});
    expect(outcome.kind).toBe('succeeded');
    const { answer } = outcome.result ?? {};
    expect(answer?.denials).toEqual(['Bash']);
    const facts = { who: 'claude', files: new Map(), urls: new Map(), command: undefined };
    expect(judgeSuccess(undefined, undefined, { ...facts, answer })).toMatchObject({
      kind: 'failed',
      reason: 'permission_denied',
      message:
        'claude answered, but was not permitted to use Bash, so its work may be incomplete. Add what it needs to the allowed tools of the task.',
    });
  });

  it.each([
    ['claude', 'claude-429-subscription', 'exit 1', 'usage_limit', /usage limit/],
    ['claude', 'claude-529', 'exit 1', 'usage_limit', /overloaded/],
    ['claude', 'claude-budget', 'exit 1', 'budget', /budget/],
    ['claude', 'claude-not-logged-in', 'exit 1', 'engine_error', /not logged in/],
    ['claude', 'claude-session-gone', 'exit 1', 'engine_error', /begins a fresh one/],
    ['codex', 'codex-usage-limit', 'exit 1', 'usage_limit', /usage limit/],
    ['codex', 'codex-unauthorized', 'exit 1', 'engine_error', /not logged in/],
  ])('is judged by what %s said: %s', async (engine, name, end, reason, message) => {
    const one = bench();
    replay(one, engine, name, end);
    const outcome = await one.run({ engine });
    expect(outcome).toMatchObject({ kind: 'failed', reason });
    expect(messageOf(outcome)).toMatch(message);
  });

  it('tells when a usage limit ends', async () => {
    const one = bench();
    const now = Temporal.Now.instant();
    const seconds = Math.floor(now.epochMilliseconds / 1000) + 3_600;
    one.program(
      'claude',
      `cat >/dev/null; cat <<'END'
{"type":"rate_limit_event","rate_limit_info":{"status":"rejected","resetsAt":${seconds}}}
{"type":"result","subtype":"success","is_error":true,"api_error_status":429,"result":"You've hit your session limit"}
END
exit 1`,
    );
    const outcome = await one.run({});
    expect(outcome.kind === 'failed' && outcome.retryAt?.epochMilliseconds).toBe(seconds * 1000);
    one.program(
      'codex',
      `cat >/dev/null; echo '{"type":"turn.failed","error":{"message":"You’ve hit your usage limit. Try again in 2 hours."}}'; exit 1`,
    );
    const other = await one.run({ engine: 'codex' });
    const at = other.kind === 'failed' ? other.retryAt : undefined;
    expect(at?.since(now).total('minutes')).toBeGreaterThan(119);
  });

  it('forgets a session that the engine no longer knows', async () => {
    const one = bench();
    replay(one, 'claude', 'claude-session-gone', 'exit 1');
    const outcome = await one.run({});
    expect(outcome.result?.answer).toBeDefined();
    expect(outcome.result?.answer?.session).toBeUndefined();
    one.program(
      'codex',
      'cat >/dev/null; echo "Error: thread/resume failed: no rollout found for thread id x (code -32600)" >&2; exit 1',
    );
    const other = await one.run(
      { engine: 'codex', session: { mode: 'resume', tokensMax: undefined } },
      { previous: { ...NO_ANSWER, session: 'x' } },
    );
    expect(messageOf(other)).toMatch(/begins a fresh one/);
    expect(other.result?.answer).toBeDefined();
    expect(other.result?.answer?.session).toBeUndefined();
  });

  it('is masked where a granted secret stands in it', async () => {
    const one = bench();
    one.program(
      'claude',
      `cat >/dev/null; printf '{"type":"result","subtype":"success","is_error":false,"result":"the key is %s"}\\n' "$KEY"`,
    );
    const outcome = await one.run(
      { env: { KEY: { kind: 'secret', secret: 'key' } } },
      { grants: new Map([['key', 'hunter2-hunter2']]) },
    );
    expect(outcome.kind).toBe('succeeded');
    expect(outcome.result?.answer?.text).not.toContain('hunter2');
  });
});

describe('an engine that misbehaves', () => {
  it('is missing', async () => {
    const outcome = await bench().run({});
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'not_found' });
    expect(messageOf(outcome)).toMatch(/^The program of the engine claude was not found\. Install/);
  });

  it('hangs at its start, and is ended at the timeout', async () => {
    const one = bench();
    one.program('claude', 'trap "" TERM; sleep 300 & sleep 300');
    const run = one.start({});
    await until(() => processesOfRun(run.id).length >= 3);
    run.stop('timed_out');
    expect((await run.outcome).kind).toBe('timed_out');
    expect(processesOfRun(run.id)).toEqual([]);
  });

  it('forks and exits', async () => {
    const one = bench();
    one.program('claude', '(sleep 300) >/dev/null 2>&1 & exit 0');
    const run = one.start({});
    const outcome = await run.outcome;
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'bad_answer' });
    expect(messageOf(outcome)).toMatch(/went on in the background/);
    await until(() => processesOfRun(run.id).length === 0);
  });

  it('prints what is no JSON', async () => {
    const one = bench();
    one.program('claude', 'cat >/dev/null; echo "Hello!"; echo "{\\"type\\": \\"resu"');
    const run = one.start({});
    const outcome = await run.outcome;
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'bad_answer' });
    expect(messageOf(outcome)).toMatch(/is not the JSON that it was asked for/);
    expect(await one.text(run.id)).toBe('Hello!\n{"type": "resu\n');
  });

  it('ends in the middle', async () => {
    const one = bench();
    const [init = ''] = transcript('claude-hello').split('\n');
    one.program('claude', `cat >/dev/null; cat <<'END'\n${init}\nEND\nexit 0`);
    expect(messageOf(await one.run({}))).toBe('claude ended before it had answered.');
    one.program('claude', `cat >/dev/null; cat <<'END'\n${init}\nEND\nkill -9 $$`);
    expect(await one.run({})).toMatchObject({ kind: 'failed', reason: 'signal' });
  });

  it('does not follow the schema', async () => {
    const one = bench();
    replay(one, 'claude', 'claude-hello');
    const outcome = await one.run({ answerSchema: { type: 'object' } });
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'bad_answer' });
  });

  it('prints 200 MB, of which the answer at the end is read and little is kept', async () => {
    const one = bench();
    one.program(
      'claude',
      `cat >/dev/null; head -c 100000000 /dev/zero | tr '\\0' 'x'; yes '{"type":"noise"}' | head -c 100000000; echo
echo '{"type":"result","subtype":"success","is_error":false,"result":"made it","session_id":"s"}'`,
    );
    const run = one.start({});
    const outcome = await run.outcome;
    expect(outcome).toMatchObject({ kind: 'succeeded', result: { answer: { text: 'made it' } } });
    expect(outcome.result?.outputBytes).toBeGreaterThan(200_000_000);
    expect((await one.text(run.id)).length).toBeLessThan(262_144);
  }, 60_000);
});

describe('a run whose daemon died', () => {
  it('goes on, and its answer is read from the beginning', async () => {
    const one = bench();
    const lines = transcript('codex-resumed').trimEnd().split('\n');
    one.program(
      'codex',
      `cat >/dev/null; cat <<'END'\n${lines.slice(0, -1).join('\n')}\nEND
while [ ! -e "$HOME/go" ]; do sleep 0.05; done; cat <<'END'\n${lines.at(-1)}\nEND`,
    );
    const run = one.start(
      { engine: 'codex', session: { mode: 'resume', tokensMax: undefined } },
      { previous: { ...NO_ANSWER, session: 'thread-1', sessionUsage: BASELINE } },
    );
    await until(() => run.observations.some((seen) => seen.kind === 'session'));
    await one.letGo();
    const recovered = one.recover(run);
    one.program('../go', '');
    const outcome = await recovered;
    expect(outcome?.kind).toBe('succeeded');
    expect(outcome?.result?.answer).toMatchObject({
      usage: { inputTokens: 1_000, outputTokens: 50, cachedTokens: 200 },
    });
    const text = await one.text(run.id);
    expect(text.match(/mock says hello/g)).toHaveLength(1);
    expect(readdirSync(one.files)).toEqual([]);
  });
});

const BASELINE = { inputTokens: 1_000, outputTokens: 50, cachedTokens: 200 };

const NO_ANSWER: Answer = {
  text: undefined,
  data: undefined,
  session: undefined,
  turns: undefined,
  usage: undefined,
  costUsd: undefined,
  isCostEstimated: false,
  costByModel: {},
  toolCalls: 0,
  denials: [],
  terminalReason: undefined,
};
