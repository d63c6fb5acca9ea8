/* Runs the real agent command lines against a stand-in for the model: `npm run test:agents`. */
import 'temporal-polyfill/global';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  carillon,
  MAIN,
  removeFolder,
  startDaemon,
  temporaryFolder,
  type RealDaemon,
} from '../../test/support/real-daemon.ts';
import {
  STAND_IN_USAGE,
  startModelStandIn,
  type ModelReply,
  type ModelRequest,
  type ModelStandIn,
} from './model-stand-in.ts';

const HERE = import.meta.dirname;
const RUN_MS_MAX = 90_000;
const POLL_MS = 100;

/** Far enough away that a run cannot have waited for it. */
const LIMIT_S = 7_200;
const SHORT_LIMIT_S = 5;

type Engine = { readonly name: 'claude' | 'codex'; readonly model: string };
const ENGINES: readonly Engine[] = [
  { name: 'claude', model: 'claude-sonnet-4-5' },
  { name: 'codex', model: 'gpt-5' },
];

type Fields = Readonly<Record<string, unknown>>;

/** What a check needs: a daemon whose engines talk to the stand-in. */
type World = {
  readonly folder: string;
  readonly standIn: ModelStandIn;
  readonly environment: Readonly<Record<string, string>>;
  /** Configuration folder of an engine that never ran. */
  readonly otherHome: string;
  daemon: RealDaemon;
};

let passed = 0;
let failed = 0;

/** Checks whose names hold this text; all of them when it is empty. */
const WANTED = process.argv[2] ?? '';

async function check(what: string, work: () => Promise<void>): Promise<void> {
  if (!what.includes(WANTED)) return;
  try {
    await work();
    passed += 1;
    console.log(`✓ ${what}`);
  } catch (error) {
    failed += 1;
    console.log(`✗ ${what}\n${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Whether the limit that ends soon was told. */
let hasRefused = false;

/** What the model says, by a word in the newest text of the user. */
function decide(request: ModelRequest): ModelReply {
  const asked = request.userTexts.at(-1) ?? '';
  if (asked.includes('LIMIT')) return limit(request, LIMIT_S);
  if (asked.includes('ONCE') && !hasRefused) {
    hasRefused = true;
    return limit(request, SHORT_LIMIT_S);
  }
  if (asked.includes('SLOWLY')) {
    return {
      kind: 'slow',
      pieces: 100,
      waitMs: 200,
      text: 'word after word after word '.repeat(4),
    };
  }
  if (asked.includes('WAIT')) return { kind: 'slow', pieces: 20, waitMs: 200, text: 'a while ' };
  if (asked.includes('CALLS')) {
    const next = callsIn(asked)[request.toolAnswers.length];
    if (next !== undefined) return { kind: 'tool', name: next[0], input: next[1] };
  } else if (asked.includes('CALL') && request.toolAnswers.length === 0) return call(request);
  if (asked.includes('ASK')) return verdict(request, 'needs_human', 'Which colour?');
  if (asked.includes('BLUE')) return verdict(request, 'done', 'It is blue.');
  const answers = JSON.stringify(request.toolAnswers);
  return { kind: 'text', text: `texts=${request.userTexts.length} answers=${answers}` };
}

/** Claude Code takes what a schema asks for as the input of a tool, codex as the text. */
function verdict(request: ModelRequest, kind: string, summary: string): ModelReply {
  const input = { verdict: kind, summary };
  const isTool = request.tools.includes('StructuredOutput');
  if (isTool && request.toolAnswers.length === 0) {
    return { kind: 'tool', name: 'StructuredOutput', input };
  }
  return { kind: 'text', text: isTool ? 'It is said.' : JSON.stringify(input) };
}

function limit({ api }: ModelRequest, waitS: number): ModelReply {
  const seconds = Math.floor(Temporal.Now.instant().epochMilliseconds / 1000) + waitS;
  return api === 'anthropic'
    ? {
        kind: 'refusal',
        status: 429,
        headers: { 'x-should-retry': 'false', 'retry-after': String(waitS) },
        type: 'rate_limit_error',
        message: `You've hit your session limit. retry after ${waitS} seconds`,
      }
    : {
        kind: 'refusal',
        status: 429,
        headers: {},
        type: 'usage_limit_reached',
        message: 'The usage limit has been reached',
        extra: { resets_at: seconds, plan_type: 'plus' },
      };
}

/** `CALLS [["name", {"its": "arguments"}], …]`, one after the other. */
function callsIn(asked: string): readonly (readonly [string, Fields])[] {
  const [, list = '[]'] = /CALLS (\[.*\])/s.exec(asked) ?? [];
  return JSON.parse(list) as readonly (readonly [string, Fields])[];
}

/** `CALL name {"its": "arguments"}` */
function call({ userTexts }: ModelRequest): ModelReply {
  const [, name = '', input = '{}'] = /CALL (\S+) (\{.*\})/s.exec(userTexts.at(-1) ?? '') ?? [];
  return { kind: 'tool', name, input: JSON.parse(input) as Fields };
}

async function openWorld(): Promise<World> {
  const folder = temporaryFolder();
  const standIn = await startModelStandIn(decide);
  const bin = join(folder, 'bin');
  const codexHome = join(folder, 'codex');
  const otherHome = join(folder, 'other');
  for (const made of [bin, codexHome, otherHome, join(folder, 'work')]) mkdirSync(made);
  symlinkSync(
    resolve(HERE, 'node_modules/@anthropic-ai/claude-code-linux-x64/claude'),
    join(bin, 'claude'),
  );
  symlinkSync(resolve(HERE, 'node_modules/.bin/codex'), join(bin, 'codex'));
  for (const home of [codexHome, otherHome]) {
    writeFileSync(
      join(home, 'config.toml'),
      `model_provider = "local"
[model_providers.local]
name = "local"
base_url = "${standIn.origin}/v1"
env_key = "CODEX_STAND_IN_KEY"
wire_api = "responses"
request_max_retries = 0
stream_max_retries = 0
`,
    );
  }
  const environment = {
    HOME: folder,
    PATH: [bin, dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
    ANTHROPIC_BASE_URL: standIn.origin,
    ANTHROPIC_API_KEY: 'stand-in',
    ANTHROPIC_AUTH_TOKEN: '',
    CLAUDE_CONFIG_DIR: join(folder, 'claude'),
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    CODEX_HOME: codexHome,
    CODEX_STAND_IN_KEY: 'stand-in',
    NO_PROXY: '127.0.0.1',
    no_proxy: '127.0.0.1',
  };
  const daemon = await startDaemon(join(folder, 'data'), environment);
  return { folder, standIn, environment, otherHome, daemon };
}

async function ask(
  { daemon }: World,
  method: string,
  path: string,
  body?: unknown,
): Promise<Fields> {
  const response = await fetch(`${daemon.origin}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${daemon.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as Fields;
  if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
  return answer;
}

function actionOf(world: World, { name, model }: Engine): Fields {
  return { kind: 'agent', engine: name, model, cwd: join(world.folder, 'work') };
}

let tasks = 0;

async function makeTask(
  world: World,
  engine: Engine,
  action: Fields,
  rest: Fields = {},
): Promise<string> {
  tasks += 1;
  const name = `${engine.name}-${tasks}`;
  await ask(world, 'POST', '/tasks', {
    name,
    action: { ...actionOf(world, engine), ...action },
    timeout: '2m',
    ...rest,
  });
  return name;
}

async function start(world: World, task: string): Promise<string> {
  const run = await ask(world, 'POST', `/tasks/${task}/runs`, {});
  return String(run['id']);
}

/** The run as soon as `isReady` says so. */
async function runWhen(
  look: () => Promise<Fields | undefined>,
  isReady: (run: Fields) => boolean,
): Promise<Fields> {
  const giveUpAt = performance.now() + RUN_MS_MAX;
  let seen: Fields | undefined;
  while (performance.now() < giveUpAt) {
    seen = await look();
    if (seen !== undefined && isReady(seen)) return seen;
    await sleep(POLL_MS);
  }
  throw new Error(`the run did not come so far: ${JSON.stringify(seen)}`);
}

function getRun(world: World, id: string): () => Promise<Fields> {
  return () => ask(world, 'GET', `/runs/${id}`);
}

const isOver = (run: Fields): boolean => run['is_final'] === true;

async function latestRun(world: World, task: string): Promise<Fields | undefined> {
  const listed = await ask(world, 'GET', `/runs?task=${task}`);
  const [run] = listed['runs'] as readonly Fields[];
  return run === undefined ? undefined : ask(world, 'GET', `/runs/${String(run['id'])}`);
}

async function runToEnd(world: World, task: string): Promise<Fields> {
  return runWhen(getRun(world, await start(world, task)), isOver);
}

async function outputOf(world: World, run: Fields): Promise<string> {
  const page = await ask(world, 'GET', `/runs/${String(run['id'])}/output`);
  return String(page['text']);
}

function expectThat(isTrue: boolean, what: string, seen: unknown): void {
  if (!isTrue) throw new Error(`${what}: ${JSON.stringify(seen, undefined, 1)}`);
}

function expectSame(seen: unknown, wanted: unknown, what: string): void {
  expectThat(
    JSON.stringify(seen) === JSON.stringify(wanted),
    `${what} is not ${JSON.stringify(wanted)}`,
    seen,
  );
}

const ONE_TURN = {
  input_tokens: STAND_IN_USAGE.input,
  output_tokens: STAND_IN_USAGE.output,
  cached_tokens: STAND_IN_USAGE.cached,
};

/** Anthropic tells what came from a cache beside the rest, OpenAI as a part of it. */
function oneTurn({ name }: Engine): Fields {
  const cached = name === 'claude' ? STAND_IN_USAGE.cached : 0;
  return { ...ONE_TURN, input_tokens: ONE_TURN.input_tokens + cached };
}

function expectFigures(run: Fields, engine: Engine): void {
  expectSame(run['usage'], oneTurn(engine), 'usage');
  const cost = run['cost_usd'];
  expectThat(typeof cost === 'number' && cost > 0.001 && cost < 0.005, 'cost', cost);
}

async function checkEngine(world: World, engine: Engine): Promise<void> {
  const { name } = engine;
  let first: Fields = {};
  let task = '';

  await check(
    `${name} is found, with its version and its own word on who is logged in`,
    async () => {
      const listed = await carillon(['engines', '--json', '--data', world.daemon.data], {
        env: world.environment,
      });
      const { engines } = JSON.parse(listed.stdout) as { readonly engines: readonly Fields[] };
      const report = engines.find((one) => one['name'] === name) ?? {};
      expectThat(String(report['path']).endsWith(`/bin/${name}`), 'path', report);
      expectThat(/\d+\.\d+\.\d+/.test(String(report['version'])), 'version', report);
      expectThat(report['tested'] === true && report['logged_in'] !== 'unknown', 'report', report);
    },
  );

  await check(
    `${name} completes a scheduled task with result, session, tokens and cost`,
    async () => {
      const at = Temporal.Now.instant().add({ seconds: 2 }).toString();
      task = await makeTask(
        world,
        engine,
        { prompt: 'Say hello.', session: { mode: 'resume' } },
        { when: at },
      );
      first = await runWhen(() => latestRun(world, task), isOver);
      expectSame(first['state'], 'succeeded', `state (${String(first['message'])})`);
      expectSame(first['trigger'], 'schedule', 'trigger');
      expectSame(first['result'], 'texts=1 answers=[]', 'result');
      expectThat(/^[0-9a-f-]{36}$/.test(String(first['session'])), 'session', first['session']);
      expectFigures(first, engine);
    },
  );

  await check(
    `${name} goes on with the session in a second run, with figures of its own`,
    async () => {
      const second = await runToEnd(world, task);
      expectSame(second['state'], 'succeeded', `state (${String(second['message'])})`);
      expectSame(second['session'], first['session'], 'session');
      expectSame(second['result'], 'texts=2 answers=[]', 'result');
      expectFigures(second, engine);
    },
  );

  await check(`${name} asks a person, and goes on in its session with the answer`, async () => {
    const asking = await makeTask(
      world,
      engine,
      { prompt: 'ASK, please.' },
      { success: { verdict: true } },
    );
    const id = await start(world, asking);
    const waiting = await runWhen(
      getRun(world, id),
      (seen) => isOver(seen) || seen['state'] === 'waiting',
    );
    expectSame(waiting['state'], 'waiting', `state (${String(waiting['message'])})`);
    const question = waiting['question'] as Fields;
    expectSame(question['text'], 'Which colour?', 'question');
    await ask(world, 'POST', `/runs/${id}/answer`, { text: 'BLUE, if you can.' });
    const run = await runWhen(getRun(world, id), isOver);
    expectSame(run['state'], 'succeeded', `state (${String(run['message'])})`);
    expectSame([run['verdict'], run['summary']], ['done', 'It is blue.'], 'verdict');
    expectSame(run['session'], waiting['session'], 'session');
    expectSame(run['attempt'], 2, 'attempts');
  });

  await check(`${name} begins afresh after a session that it no longer knows`, async () => {
    // The same engine in another home, where it knows of nothing.
    const variable = name === 'claude' ? 'CLAUDE_CONFIG_DIR' : 'CODEX_HOME';
    await ask(world, 'PATCH', `/tasks/${task}`, {
      action: {
        ...actionOf(world, engine),
        prompt: 'Say hello.',
        session: 'resume',
        env: { [variable]: world.otherHome },
      },
    });
    const gone = await runToEnd(world, task);
    expectSame(gone['state'], 'failed', 'state');
    expectThat(String(gone['message']).includes('no longer known'), 'message', gone['message']);
    const fresh = await runToEnd(world, task);
    expectSame(fresh['state'], 'succeeded', `state (${String(fresh['message'])})`);
    expectSame(fresh['result'], 'texts=1 answers=[]', 'result');
  });

  await check(`${name} gets prompts byte for byte`, async () => {
    for (const prompt of HORRORS) {
      const one = await makeTask(world, engine, { prompt });
      const run = await runToEnd(world, one);
      expectSame(run['state'], 'succeeded', `state (${String(run['message'])})`);
      const asked = world.standIn.requests.at(-1)?.userTexts.at(-1);
      expectSame(asked?.trim(), prompt.trim(), 'prompt');
    }
    expectThat(!existsSync(join(world.folder, 'work', 'pwned')), 'nothing was carried out', '');
  });

  await check(`${name} goes on when its daemon is killed in the middle`, async () => {
    const one = await makeTask(world, engine, { prompt: 'WAIT a while.' });
    const asked = world.standIn.requests.length;
    const id = await start(world, one);
    await runWhen(getRun(world, id), () => world.standIn.requests.length > asked);
    await world.daemon.kill('SIGKILL');
    world.daemon = await startDaemon(join(world.folder, 'data'), world.environment);
    const run = await runWhen(getRun(world, id), isOver);
    expectSame(run['state'], 'succeeded', `state (${String(run['message'])})`);
    expectSame(run['attempt'], 1, 'attempt');
    expectSame(world.standIn.requests.length, asked + 1, 'requests');
    expectThat(String(run['result']).startsWith('a while'), 'result', run['result']);
    expectFigures(run, engine);
  });

  await check(`${name} uses Carillon's own tools when it is given its server`, async () => {
    const server = {
      command: process.execPath,
      args: [MAIN, 'mcp', '--data', world.daemon.data],
      env: { PATH: world.environment['PATH'], HOME: world.folder },
    };
    const one = await makeTask(world, engine, {
      prompt: 'CALL mcp__carillon__get_status {}',
      mcp_servers: { carillon: server },
      ...(name === 'claude' ? { allowed_tools: ['mcp__carillon'] } : {}),
    });
    const run = await runToEnd(world, one);
    expectSame(run['state'], 'succeeded', `state (${String(run['message'])})`);
    expectThat(String(run['result']).includes('tzdata'), 'result', run['result']);
    expectSame(run['tool_calls'], 1, 'tool calls');
  });

  await check(
    `${name} makes a task itself by delegation, bounded, and widens nothing`,
    async () => {
      const child = `${name}-child`;
      const parent = `${name}-parent`;
      const calls = [
        [
          'create_task',
          {
            name: child,
            when: 'every day at 9',
            action: { kind: 'reminder', title: 'Look' },
            budget: { usd_per_run: 5 },
          },
        ],
        ['update_task', { task: parent, budget: { usd_per_run: 100 } }],
        [
          'create_task',
          { name: `${name}-shell`, when: 'in 1h', action: { kind: 'command', command: 'id' } },
        ],
      ].map(([tool, input]) => [`mcp__carillon__${tool as string}`, input]);
      await ask(world, 'POST', '/tasks', {
        name: parent,
        action: {
          ...actionOf(world, engine),
          prompt: `CALLS ${JSON.stringify(calls)}`,
          delegation: { depth: 1, lifetime: '2d' },
        },
        budget: { usd_per_run: 0.5 },
        timeout: '2m',
      });
      const run = await runToEnd(world, parent);
      expectSame(run['tool_calls'], calls.length, `tool calls (${String(run['message'])})`);
      const made = (await ask(world, 'GET', `/tasks/${child}`))['task'] as Fields;
      const origin = made['origin'] as Fields;
      expectSame(origin['parent_run'], run['id'], 'origin');
      expectThat(String(origin['client']).includes(name), 'client', origin);
      expectSame((made['lineage'] as Fields)['depth'], 1, 'depth');
      const { ends_at: endsAt } = made['lineage'] as { readonly ends_at: string };
      const lifeH = Temporal.Now.instant().until(Temporal.Instant.from(endsAt)).total('hours');
      expectThat(lifeH > 47 && lifeH <= 48, 'lifetime', lifeH);
      const capOf = (task: Fields): unknown =>
        ((task['policies'] as Fields)['budget'] as Fields)['usd_per_run'];
      expectSame(capOf(made), 0.5, 'cap');
      const same = (await ask(world, 'GET', `/tasks/${parent}`))['task'] as Fields;
      expectSame(capOf(same), 0.5, 'the budget of its own task');
      const { approvals } = await ask(world, 'GET', '/approvals?state=pending');
      const asked = (approvals as readonly Fields[]).filter(
        ({ parent_run: by }) => by === run['id'],
      );
      expectSame(asked.length, 1, 'what waits for a person');
      const { entries } = await ask(world, 'GET', '/audit?verdict=refused&verb=update_task');
      const refused = (entries as readonly Fields[]).filter(
        ({ parent_run: by }) => by === run['id'],
      );
      expectSame(refused.length, 1, 'what the audit trail shows of refusals');
      const output = await outputOf(world, run);
      expectThat(!/crr_/.test(output + JSON.stringify(run)), 'no token', output);
    },
  );

  await check(`${name} at a usage limit says when it ends, and later runs wait`, async () => {
    const one = await makeTask(world, engine, { prompt: 'LIMIT' });
    const before = Temporal.Now.instant();
    const id = await start(world, one);
    const run = await runWhen(
      getRun(world, id),
      (seen) => isOver(seen) || seen['state'] === 'held',
    );
    const told = `${String(run['message'])} ${String(run['state_reason'])}`;
    expectThat(told.includes('usage limit'), 'message', run);
    const until =
      /It ends at (\S+?Z)/.exec(String(run['message']))?.[1] ?? String(run['held_until']);
    const waitS = before.until(Temporal.Instant.from(until)).total('seconds');
    expectThat(Math.abs(waitS - LIMIT_S) < 120, 'the end of the limit', { until, waitS, run });
  });
}

const HORRORS: readonly string[] = [
  '--version $(touch pwned) `touch pwned` ${HOME}',
  `'"'"' "" \\" \\\\ \\n ; touch pwned & # !$%^*()[]{}~? %PATH%`,
  'a\nb\n\nümläut 日本語 👩‍👩‍👧 \u202e {model} @nobody',
];

async function checkClaude(world: World): Promise<void> {
  const [claude] = ENGINES;
  if (claude === undefined) return;
  const touch = 'CALL Bash {"command":"touch made.txt","description":"make a file"}';

  await check('claude that was not permitted to do something has failed', async () => {
    const one = await makeTask(world, claude, { prompt: touch });
    const run = await runToEnd(world, one);
    expectSame(run['state'], 'failed', 'state');
    expectThat(
      String(run['message']).includes('not permitted to use Bash'),
      'message',
      run['message'],
    );
    expectSame(run['denials'], ['Bash'], 'denials');
    expectThat((await outputOf(world, run)).includes('[not permitted: Bash]'), 'transcript', run);
  });

  await check('claude does what its task allows', async () => {
    const one = await makeTask(world, claude, { prompt: touch, allowed_tools: ['Bash(touch:*)'] });
    const run = await runToEnd(world, one);
    expectSame(run['state'], 'succeeded', `state (${String(run['message'])})`);
    expectSame(run['tool_calls'], 1, 'tool calls');
    expectThat(existsSync(join(world.folder, 'work', 'made.txt')), 'the file', run);
  });

  await check('claude is held at a limit that ends soon, and then runs by itself', async () => {
    const one = await makeTask(world, claude, { prompt: 'ONCE, please.' });
    const id = await start(world, one);
    const held = await runWhen(
      getRun(world, id),
      (seen) => isOver(seen) || seen['state'] === 'held',
    );
    expectSame(held['state'], 'held', `state (${String(held['message'])})`);
    const run = await runWhen(getRun(world, id), isOver);
    expectSame(run['state'], 'succeeded', `state (${String(run['message'])})`);
  });

  await check('claude is ended at its budget while it writes', async () => {
    const one = await makeTask(
      world,
      claude,
      { prompt: 'SLOWLY, please.' },
      { budget: { usd_per_run: 0.006 } },
    );
    const before = performance.now();
    const run = await runToEnd(world, one);
    expectSame(run['state'], 'failed', 'state');
    expectThat(/budget/.test(String(run['message'])), 'message', run['message']);
    expectThat(performance.now() - before < 15_000, 'how long it took', performance.now() - before);
    expectThat(Number(run['cost_usd']) < 0.012, 'cost', run['cost_usd']);
  });
}

async function main(): Promise<void> {
  const world = await openWorld();
  try {
    await checkClaude(world);
    for (const engine of ENGINES) await checkEngine(world, engine);
    await check('nothing is left of the files that engines were given', async () => {
      expectSame(readdirSync(join(world.daemon.data, 'run', 'agents')), [], 'files');
    });
  } finally {
    await world.daemon.kill('SIGTERM');
    await world.standIn.close();
    removeFolder(world.folder);
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

await main();
