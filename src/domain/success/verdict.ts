import type { Json, JsonObject } from '../json.ts';
import { toPlainText } from '../masking/plain-text.ts';

export const VERDICTS = ['done', 'nothing_new', 'needs_human', 'failed'] as const;

/** What a run says of itself. Its words are untrusted. */
export type Verdict = {
  readonly kind: (typeof VERDICTS)[number];
  /** Plain text; at most SUMMARY_CHARS_MAX characters. */
  readonly summary: string;
};

const SUMMARY_CHARS_MAX = 2_000;

/** Added to a prompt whose run is to say how it went. */
const VERDICT_INSTRUCTION = `When you are finished, end your answer with one JSON object and nothing after it:
{"verdict": "done" | "nothing_new" | "needs_human" | "failed", "summary": "one or two sentences"}
done: you did what was asked. nothing_new: there was nothing to do or to report. needs_human: you cannot go on without a decision or a permission of a person; the summary is your question to them, and your work goes on with their answer. failed: you could not do it; the summary says why.`;

/** The same for engines that hold an answer to a schema. */
export const VERDICT_SCHEMA: JsonObject = {
  type: 'object',
  properties: {
    verdict: {
      type: 'string',
      enum: [...VERDICTS],
      description:
        'done: you did what was asked. nothing_new: there was nothing to do or to report. needs_human: you cannot go on without a decision or a permission of a person. failed: you could not do it.',
    },
    summary: {
      type: 'string',
      description: 'What you did or found; with needs_human, your question to the person.',
    },
  },
  required: ['verdict', 'summary'],
  additionalProperties: false,
};

export function withVerdictInstruction(prompt: string): string {
  return `${prompt}\n\n${VERDICT_INSTRUCTION}`;
}

/**
 * The verdict of an answer: its structured part where that has one, else the last JSON object of its
 * text. An earlier object is never looked at, since anything that the run has read may be quoted there.
 */
export function verdictOf(text: string | undefined, data: Json | undefined): Verdict | undefined {
  return readVerdict(data) ?? readVerdict(lastObject(text ?? ''));
}

function readVerdict(value: Json | undefined): Verdict | undefined {
  if (!isObject(value)) return undefined;
  const { verdict, summary } = value;
  if (typeof verdict !== 'string') return undefined;
  const word = verdict
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');
  const kind = VERDICTS.find((one) => one === word);
  if (kind === undefined) return undefined;
  const said = typeof summary === 'string' ? toPlainText(summary).trim() : '';
  return { kind, summary: said.slice(0, SUMMARY_CHARS_MAX) };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How far from the end an object may begin, and how many brackets are tried. */
const OBJECT_CHARS_MAX = 16_384;
const ENDS_TRIED_MAX = 20;
const STARTS_TRIED_MAX = 200;

/** The last JSON object in a text, whatever stands around it. */
function lastObject(text: string): Json | undefined {
  const tail = text.slice(-OBJECT_CHARS_MAX);
  let end = tail.lastIndexOf('}');
  for (let ends = 0; end >= 0 && ends < ENDS_TRIED_MAX; ends += 1) {
    const found = objectEndingAt(tail, end);
    if (found !== undefined) return found;
    end = end === 0 ? -1 : tail.lastIndexOf('}', end - 1);
  }
  return undefined;
}

/** The longest object counts that ends there: a shorter one would be a part of it. */
function objectEndingAt(text: string, end: number): Json | undefined {
  let start = text.lastIndexOf('{', end);
  for (let starts = 0; start >= 0 && starts < STARTS_TRIED_MAX; starts += 1) {
    const value = parsed(text.slice(start, end + 1));
    if (value !== undefined) return value;
    start = start === 0 ? -1 : text.lastIndexOf('{', start - 1);
  }
  return undefined;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
