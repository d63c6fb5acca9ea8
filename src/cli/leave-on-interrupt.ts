import { EXIT } from './exit-codes.ts';

/** Ctrl-C ends a command that only asks; nothing that it asked for is undone. */
export function leaveOnInterrupt(): void {
  process.once('SIGINT', () => process.exit(EXIT.interrupted));
}
