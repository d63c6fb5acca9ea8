import { describe, expect, it } from 'vitest';
import { engineArgv } from '../../../src/domain/engines/engine-argv.ts';
import { parseEngines } from '../../../src/domain/engines/parse-engines.ts';
import { Refusal } from '../../../src/domain/refusal.ts';
import { readAll } from './transcripts.ts';

const MINE = {
  program: 'my-agent',
  argv: ['run', { when: 'model', argv: ['--model={model}'] }, { each: 'flags', argv: ['{flags}'] }],
  output: 'json_lines',
  rules: [
    { when: { type: 'start' }, session: 'id' },
    {
      when: { type: 'end' },
      is_end: true,
      result: 'answer.text',
      input_tokens: ['usage.in', 'usage.cached'],
      output_tokens: 'usage.out',
      cost_usd: 'usage.usd',
    },
  ],
};

function engineOf(table: unknown, name = 'mine') {
  const engine = parseEngines({ [name]: table }).get(name);
  if (engine === undefined) throw new Error('there is no such engine');
  return engine;
}

describe('an engine of the configuration', () => {
  it('stands beside the built-in ones', () => {
    expect([...parseEngines({ mine: MINE }).keys()]).toEqual([
      'claude',
      'codex',
      'gemini',
      'opencode',
      'q',
      'kiro-cli',
      'mine',
    ]);
  });

  it('says its arguments and how its output is read', () => {
    const engine = engineOf(MINE);
    expect(engineArgv(engine, { model: 'x{flags}', flags: ['--a', '--b'] })).toEqual([
      'my-agent',
      'run',
      '--model=x{flags}',
      '--a',
      '--b',
    ]);
    const { report } = readAll(
      engine,
      '{"type":"start","id":"s"}\n{"type":"end","answer":{"text":"Yes."},"usage":{"in":3,"cached":4,"out":5,"usd":0.1}}',
    );
    expect(report).toMatchObject({
      text: 'Yes.',
      session: 's',
      usage: { inputTokens: 7, outputTokens: 5, cachedTokens: 0 },
      costUsd: 0.1,
      end: 'done',
    });
  });

  it('may print one object over many lines, or the answer as it is', () => {
    const whole = engineOf({ argv: [], output: 'json', rules: [{ result: 'text' }] });
    expect(readAll(whole, '{\n "text": "Yes."\n}\n').report).toMatchObject({
      text: 'Yes.',
      end: 'done',
    });
    expect(readAll(whole, 'no json').report).toMatchObject({ end: undefined, unreadableLines: 1 });
    expect(readAll(engineOf({ argv: [] }), 'Yes.').report).toMatchObject({
      text: 'Yes.',
      end: 'done',
    });
  });

  it('may be like another in all but its program, and is then as tested as that', () => {
    expect(engineOf({ like: 'claude', program: 'claude-work' }, 'work')).toMatchObject({
      name: 'work',
      program: 'claude-work',
      isTested: true,
      metering: 'live',
    });
    expect(engineOf({ program: '/opt/claude' }, 'claude')).toMatchObject({
      program: '/opt/claude',
    });
    expect(engineOf({ like: 'claude', argv: ['-p'] }, 'work').isTested).toBe(false);
  });

  it.each([
    ['text', 'engines must be an object'],
    [{ 'My Engine': MINE }, 'must be named with small letters'],
    [{ mine: {} }, 'engines.mine.argv must be the arguments of the program; it is missing'],
    [{ mine: { ...MINE, promt: 'stdin' } }, 'engines.mine has "promt", which means nothing there'],
    [{ mine: { ...MINE, prompt: 'file' } }, 'engines.mine.prompt must be stdin or argument'],
    [{ mine: { argv: ['{prompt}'] } }, 'engines.mine.argv[0] has {prompt}, which nothing fills in'],
    [{ mine: { argv: [{ when: 'model', argv: ['{session}'] }] } }, 'has {session}'],
    [{ mine: { argv: [{ when: 'colour', argv: ['x'] }] } }, 'must be with "when" (model'],
    [{ mine: { argv: ['run'], like: 'nobody' } }, 'engines.mine.like must be one of claude'],
    [{ mine: { argv: ['a\0b'] } }, 'engines.mine.argv[0] must be a text'],
    [{ mine: { ...MINE, output: 'xml' } }, 'engines.mine.output must be one of text, json'],
    [{ mine: { ...MINE, rules: [{ result: 3 }] } }, 'engines.mine.rules[0].result must be a text'],
    [{ mine: { ...MINE, rules: [{ reslt: 'a' }] } }, 'engines.mine.rules[0] has "reslt"'],
    [{ mine: { ...MINE, program: 'a\0b' } }, 'engines.mine.program must be a text'],
  ])('is refused in words: %j', (configured, words) => {
    expect(() => parseEngines(configured)).toThrow(Refusal);
    expect(() => parseEngines(configured)).toThrow(words);
  });
});
