import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunId } from '../../src/domain/id.ts';
import { openOutputStore } from '../../src/output/open-output-store.ts';
import { OUTPUT_HEAD_BYTES_MAX, OUTPUT_TAIL_BYTES_MAX } from '../../src/output/output-record.ts';
import { PAGE_BYTES_MAX } from '../../src/output/read-page.ts';
import type { OutputPage, OutputStore, OutputStream } from '../../src/ports/output.ts';

const RUN: RunId = 'run_01kabcdefghjkmnpqrstvwxyz0';
let folder: string;
let output: OutputStore;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'carillon-output-'));
  output = openOutputStore({ folder });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function filesBelow(): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' });
}

function page(
  offset = 0,
  bytesMax = PAGE_BYTES_MAX,
  stream: OutputStream | 'all' = 'all',
): Promise<OutputPage> {
  return output.read(RUN, 1, { offset, bytesMax, stream });
}

async function readAll(
  bytesMax: number,
  stream: OutputStream | 'all',
  from = output,
): Promise<string> {
  let text = '';
  let offset = 0;
  for (;;) {
    const page = await from.read(RUN, 1, { offset, bytesMax, stream });
    if (page.nextOffset === offset) return text;
    text += page.text;
    offset = page.nextOffset;
  }
}

describe('output store', () => {
  it('leaves no file for an attempt that prints nothing', async () => {
    output.open(RUN, 1).close();
    expect(filesBelow()).toEqual([]);
    expect(await page()).toEqual({
      text: '',
      offset: 0,
      nextOffset: 0,
      keptBytes: 0,
      totalBytes: 0,
      droppedBytes: 0,
    });
  });

  it('shows what is written at once, to the owner alone', async () => {
    const writer = output.open(RUN, 1);
    writer.append('stdout', Buffer.from('hello\n'));
    expect(await page()).toMatchObject({ text: 'hello\n', nextOffset: 6, totalBytes: 6 });
    writer.append('stderr', Buffer.from('oops\n'));
    expect(await page(6)).toMatchObject({ text: 'oops\n', offset: 6, nextOffset: 11 });
    for (const name of filesBelow()) {
      const info = statSync(path.join(folder, name));
      expect(info.mode & 0o777).toBe(info.isDirectory() ? 0o700 : 0o600);
    }
    writer.close();
    expect(writer).toMatchObject({ bytes: 11, isCut: false, isHeadFull: false });
  });

  it('keeps the order of arrival, and each stream by itself, also for the next process', async () => {
    const writer = output.open(RUN, 1);
    for (const [stream, text] of [
      ['stdout', 'a1 '],
      ['stdout', 'a2 '],
      ['stderr', 'b1 '],
      ['stdout', 'a3 '],
      ['stderr', 'b2 '],
    ] as const) {
      writer.append(stream, Buffer.from(text));
    }
    writer.close();
    for (const store of [output, openOutputStore({ folder })]) {
      expect(await readAll(5, 'all', store)).toBe('a1 a2 b1 a3 b2 ');
      expect(await readAll(5, 'stdout', store)).toBe('a1 a2 a3 ');
      expect(await readAll(4, 'stderr', store)).toBe('b1 b2 ');
    }
  });

  it('keeps head, tail and true size of a flood', async () => {
    const writer = output.open(RUN, 1);
    const line = (index: number): string => `line ${String(index).padStart(9, '0')}\n`;
    for (let index = 0; index < 200_000; index += 1)
      writer.append('stdout', Buffer.from(line(index)));
    const check = async (store: OutputStore): Promise<void> => {
      const query = { bytesMax: 30, stream: 'all' } as const;
      const first = await store.read(RUN, 1, { ...query, offset: 0 });
      expect(first).toMatchObject({
        text: line(0) + line(1),
        totalBytes: 3_000_000,
        keptBytes: OUTPUT_HEAD_BYTES_MAX + OUTPUT_TAIL_BYTES_MAX,
      });
      expect(first.droppedBytes).toBe(3_000_000 - first.keptBytes);
      expect((await store.read(RUN, 1, { ...query, offset: -15 })).text).toBe(line(199_999));
    };
    await check(output);
    expect(writer).toMatchObject({ bytes: 3_000_000, isCut: true, isHeadFull: true });
    writer.close();
    await check(output);
    await check(openOutputStore({ folder }));
  });

  it('drops nothing that head and tail hold together', () => {
    const writer = output.open(RUN, 1);
    writer.append('stdout', Buffer.alloc(OUTPUT_HEAD_BYTES_MAX + OUTPUT_TAIL_BYTES_MAX, 'x'));
    expect(writer.isCut).toBe(false);
    writer.append('stdout', Buffer.from('y'));
    expect(writer.isCut).toBe(true);
    writer.close();
  });

  it('counts what is skipped and shows what comes after it', async () => {
    const writer = output.open(RUN, 1);
    writer.append('stdout', Buffer.from('head'));
    writer.append('stderr', Buffer.from('warning'));
    writer.skip('stdout', 1_000_000);
    writer.append('stdout', Buffer.from('tail'));
    writer.close();
    expect(await page()).toMatchObject({
      text: 'headwarningtail',
      totalBytes: 1_000_015,
      droppedBytes: 1_000_000,
    });
  });

  it('goes on with an attempt that another process began', async () => {
    const first = output.open(RUN, 1);
    first.append('stdout', Buffer.from('one '));
    first.append('stderr', Buffer.from('two '));
    const second = openOutputStore({ folder }).open(RUN, 1);
    expect(second.bytes).toBe(8);
    second.append('stdout', Buffer.from('three'));
    second.close();
    const other = openOutputStore({ folder });
    expect(await readAll(100, 'all', other)).toBe('one two three');
    expect(await readAll(100, 'stdout', other)).toBe('one three');
  });

  it('forgets on restart what was kept before', async () => {
    const writer = output.open(RUN, 1);
    writer.append('stderr', Buffer.from('before'));
    writer.restart();
    expect(writer.bytes).toBe(0);
    expect(await page()).toMatchObject({ text: '', keptBytes: 0 });
    writer.append('stdout', Buffer.from('after'));
    writer.close();
    expect(await page()).toMatchObject({ text: 'after', keptBytes: 5 });
  });

  it('removes everything of a run and nothing of others', async () => {
    const other: RunId = 'run_01kabcdefghjkmnpqrstvwxyz1';
    for (const run of [RUN, other]) {
      const writer = output.open(run, 1);
      writer.append('stderr', Buffer.from(run));
      writer.close();
    }
    await output.remove([RUN]);
    expect((await page()).keptBytes).toBe(0);
    expect(filesBelow().filter((name) => name.includes(RUN))).toEqual([]);
    expect((await output.read(other, 1, { offset: 0, bytesMax: 100, stream: 'all' })).text).toBe(
      other,
    );
    await output.remove([other, 'run_01knotthere0000000000000000']);
    expect(filesBelow()).toEqual([]);
  });

  it('refuses ids that would lead out of its folder', () => {
    expect(() => output.open('run_../../etc', 1)).toThrow('not the id');
  });

  it('never answers with more than its bound', async () => {
    const writer = output.open(RUN, 1);
    writer.append('stdout', Buffer.alloc(600_000, 'x'));
    expect((await page(0, 10_000_000)).text.length).toBe(PAGE_BYTES_MAX);
    writer.close();
  });

  it('replaces what is not UTF-8 and cuts no character that is', async () => {
    const writer = output.open(RUN, 1);
    writer.append('stdout', Buffer.from([0x61, 0xff, 0x62]));
    writer.append('stdout', Buffer.from('é').subarray(0, 1));
    expect((await page()).text).toBe('a\u{fffd}b');
    writer.append('stderr', Buffer.from('|'));
    writer.append('stdout', Buffer.from('é').subarray(1));
    expect((await page()).text).toBe('a\u{fffd}b|é');
    writer.append('stdout', Buffer.from('日').subarray(0, 2));
    writer.close();
    expect((await page()).text).toBe('a\u{fffd}b|é\u{fffd}');
  });

  it('reads any text back through pages of any size', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    const pieces = fc.array(fc.tuple(fc.constantFrom('stdout', 'stderr'), text), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(pieces, fc.integer({ min: 1, max: 20 }), async (pieces, bytesMax) => {
        const writer = output.open(RUN, 1);
        writer.restart();
        const expected = { stdout: '', stderr: '', all: '' };
        for (const [stream, piece] of pieces) {
          writer.append(stream, Buffer.from(piece));
          expected[stream] += piece.toWellFormed();
          expected.all += piece.toWellFormed();
        }
        for (const stream of ['all', 'stdout', 'stderr'] as const) {
          expect(await readAll(bytesMax, stream)).toBe(expected[stream]);
        }
        writer.close();
      }),
      { numRuns: 100 },
    );
  });

  it('cuts no character where head and tail begin and end', async () => {
    const writer = output.open(RUN, 1);
    const text = '日本語テキスト'.repeat(100_000);
    writer.append('stdout', Buffer.from('x'));
    writer.append('stdout', Buffer.from(text));
    writer.append('stdout', Buffer.from('語'));
    const kept = await readAll(PAGE_BYTES_MAX, 'all');
    expect(kept.includes('\u{fffd}')).toBe(false);
    expect(writer.isCut).toBe(true);
    writer.close();
  });
});
