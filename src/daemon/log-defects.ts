import type { LogFile } from './log-file.ts';

/**
 * What nobody caught goes to the log. A promise that failed unseen leaves the rest as it was; after
 * an exception nobody knows what state things are in, and the store is the one that survives a stop.
 */
export function logDefects(log: LogFile): void {
  process.on('unhandledRejection', (error) => {
    log.error('A promise failed and nobody was waiting for it.', {}, error);
  });
  process.on('uncaughtException', (error) => {
    log.error('The daemon stops: nobody caught an exception.', {}, error);
    process.exit(1);
  });
}
