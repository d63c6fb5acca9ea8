import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/daemon/clock.ts';
import { openLogFile, type LogFile, type LogFileOptions } from '../../src/daemon/log-file.ts';
import { temporaryFolder } from '../support/real-daemon.ts';

let folder: string;
let log: LogFile;

function open(options: Partial<LogFileOptions> = {}): LogFile {
  return openLogFile({
    folder,
    level: 'info',
    bytesMax: 1_000_000,
    filesMax: 3,
    clock: { ...systemClock, now: () => Temporal.Instant.from('2026-11-21T09:00:00.5Z') },
    ...options,
  });
}

function lines(name = 'carillon.log'): readonly Record<string, unknown>[] {
  return readFileSync(join(folder, name), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(() => {
  log.close();
  rmSync(folder, { recursive: true });
});

describe('the log file', () => {
  it('holds one JSON object per line', () => {
    log = open();
    log.info('Hello.', { port: 7411, absent: undefined, text: 'a\nb' });
    expect(lines()).toEqual([
      {
        at: '2026-11-21T09:00:00.500Z',
        level: 'info',
        message: 'Hello.',
        port: 7411,
        text: 'a\nb',
      },
    ]);
  });

  it('leaves out what is less important than its level', () => {
    log = open({ level: 'warn' });
    log.debug('one');
    log.info('two');
    log.warn('three');
    log.error('four', {}, new Error('why'));
    expect(lines().map(({ message }) => message)).toEqual(['three', 'four']);
    expect(lines()[1]?.['stack']).toContain('Error: why');
  });

  it('lets no field stand in for the time, the level or the message', () => {
    log = open();
    log.info('true', { at: 'never', level: 'debug', message: 'false' });
    expect(lines()).toEqual([{ at: '2026-11-21T09:00:00.500Z', level: 'info', message: 'true' }]);
  });

  it('cuts a field that is far too long', () => {
    log = open();
    log.info('long', { text: 'x'.repeat(100_000) });
    expect(String(lines()[0]?.['text']).length).toBeLessThan(5_000);
  });

  it('puts files away by size, keeps as many as asked for, and loses no newer line', () => {
    const bytesMax = 500;
    log = open({ bytesMax });
    for (let number = 0; number < 40; number += 1) log.info(`line ${String(number)}`);
    const names = readdirSync(folder).sort();
    expect(names).toEqual(['carillon.1.log', 'carillon.2.log', 'carillon.log']);
    for (const name of names)
      expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(bytesMax);
    const kept = ['carillon.2.log', 'carillon.1.log', 'carillon.log'].flatMap((name) =>
      lines(name).map(({ message }) => message),
    );
    expect(kept.at(-1)).toBe('line 39');
    expect(kept).toEqual(
      Array.from({ length: kept.length }, (_, index) => `line ${String(40 - kept.length + index)}`),
    );
  });

  it('goes on where the last daemon stopped', () => {
    log = open();
    log.info('first');
    log.close();
    log = open();
    log.info('second');
    expect(lines()).toHaveLength(2);
  });

  it.skipIf(process.platform === 'win32')('is readable by its owner alone', () => {
    log = open();
    expect(statSync(join(folder, 'carillon.log')).mode & 0o777).toBe(0o600);
  });
});
