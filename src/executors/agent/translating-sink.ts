import type { AgentReader, Told } from '../../domain/engines/agent-report.ts';
import type { Sink } from '../../ports/executor.ts';
import type { OutputStream } from '../../ports/output.ts';

/** A longer line is left out: no engine needs as much for one thing. */
const LINE_CHARS_MAX = 8 * 1024 * 1024;

const ERROR_LINE_CHARS_MAX = 64 * 1024;

export type TranslatingSink = Sink & {
  /** What is known of the run now. */
  readonly reader: AgentReader;
  /** Takes the last line, which may have no end. */
  end(): void;
};

/**
 * Reads what an engine prints and hands on what a person can read, and the figures. It wants every
 * byte, since the last line tells the most.
 *
 * @param newReader makes a reader for what is read from the start.
 */
export function translatingSink(
  sink: Sink,
  newReader: () => AgentReader,
  onSession: (id: string) => void,
): TranslatingSink {
  let reader = newReader();
  let decoder = new TextDecoder();
  let pending = '';
  /** Whether the beginning of the line is not there, or not worth having. */
  let isLost = false;
  let bytes = 0;
  const encoder = new TextEncoder();
  const errorDecoder = new TextDecoder();
  let pendingError = '';

  function onErrorText(text: string): void {
    const lines = (pendingError + text).split('\n');
    pendingError = (lines.pop() ?? '').slice(0, ERROR_LINE_CHARS_MAX);
    for (const line of lines) reader.errorLine(line);
  }

  function onText(text: string): void {
    let from = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
      onLine(pending + text.slice(from, end));
      pending = '';
      from = end + 1;
    }
    pending += text.slice(from);
    if (pending.length <= LINE_CHARS_MAX) return;
    pending = '';
    isLost = true;
  }

  function onLine(line: string): void {
    if (isLost) {
      isLost = false;
      return;
    }
    tell(reader.line(line.endsWith('\r') ? line.slice(0, -1) : line));
  }

  function tell(told: readonly Told[]): void {
    for (const one of told) {
      if (one.kind === 'say') {
        sink.write('stdout', encoder.encode(`${one.text}\n`));
      } else {
        if (one.kind === 'session') onSession(one.id);
        sink.observe(one);
      }
    }
  }

  return {
    write(stream: OutputStream, part: Uint8Array) {
      bytes += part.length;
      if (stream === 'stdout') {
        onText(decoder.decode(part, { stream: true }));
        return;
      }
      onErrorText(errorDecoder.decode(part, { stream: true }));
      sink.write(stream, part);
    },
    skip(stream, count) {
      bytes += count;
      if (stream === 'stdout') {
        pending = '';
        isLost = true;
      } else {
        sink.skip(stream, count);
      }
    },
    isHeadFull: false,
    get bytes() {
      return bytes;
    },
    get isCut() {
      return sink.isCut;
    },
    restart() {
      reader = newReader();
      decoder = new TextDecoder();
      pending = '';
      isLost = false;
      bytes = 0;
      sink.restart();
    },
    observe: (observation) => sink.observe(observation),
    get reader() {
      return reader;
    },
    end() {
      pending += decoder.decode();
      if (pending !== '') onLine(pending);
      pending = '';
      if (pendingError !== '') reader.errorLine(pendingError);
      tell(reader.end());
    },
  };
}
