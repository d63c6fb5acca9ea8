import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { recordOf, textOf, countOf } from '../../domain/engines/json-values.ts';
import type { RunId } from '../../domain/id.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Usage } from '../../domain/outcome.ts';

/** What the next daemon needs to go on reading a run. */
export type RunNote = {
  readonly session: string | undefined;
  readonly baseline: Usage | undefined;
};

/** The files of one attempt that only its engine and the next daemon read. */
export type RunFiles = {
  readonly mcp: string;
  readonly answerSchema: string;
  write(file: 'mcp' | 'answerSchema', content: JsonObject): void;
  note(note: RunNote): void;
  readNote(): RunNote;
  remove(): void;
};

/** They may hold keys of MCP servers. */
const FILE_MODE = 0o600;

export function runFiles(folder: string, runId: RunId, attempt: number): RunFiles {
  const stem = path.join(folder, `${runId}.${attempt}`);
  const mcp = `${stem}.mcp.json`;
  const answerSchema = `${stem}.schema.json`;
  const note = `${stem}.note.json`;
  const write = (file: string, content: unknown): void => {
    // A file that is there already would keep its mode.
    rmSync(file, { force: true });
    writeFileSync(file, JSON.stringify(content), { mode: FILE_MODE, flag: 'wx' });
  };
  return {
    mcp,
    answerSchema,
    write: (file, content) => write(file === 'mcp' ? mcp : answerSchema, content),
    note: (content) => write(note, content),
    readNote: () => parseNote(note),
    remove() {
      for (const file of [mcp, answerSchema, note]) rmSync(file, { force: true });
    },
  };
}

function parseNote(file: string): RunNote {
  try {
    const note = recordOf(JSON.parse(readFileSync(file, 'utf8')));
    const baseline = recordOf(note['baseline']);
    const inputTokens = countOf(baseline['inputTokens']);
    return {
      session: textOf(note['session']),
      baseline:
        inputTokens === undefined
          ? undefined
          : {
              inputTokens,
              outputTokens: countOf(baseline['outputTokens']) ?? 0,
              cachedTokens: countOf(baseline['cachedTokens']) ?? 0,
            },
    };
  } catch {
    // The daemon was killed before it had written it.
    return { session: undefined, baseline: undefined };
  }
}

/** Files that nobody removed are kept no longer than this. */
const FILE_MS_MAX = 7 * 24 * 60 * 60_000;
const FILES_LOOKED_AT_MAX = 10_000;

/** Makes the folder, and removes what a daemon that was killed left there long ago. */
export function prepareRunFolder(folder: string, now: Temporal.Instant): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder).slice(0, FILES_LOOKED_AT_MAX)) {
    const file = path.join(folder, name);
    const { mtimeMs } = statSync(file);
    if (now.epochMilliseconds - mtimeMs > FILE_MS_MAX) rmSync(file, { force: true });
  }
}
