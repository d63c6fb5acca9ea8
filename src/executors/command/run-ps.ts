import { execFile } from 'node:child_process';

const PS_TIMEOUT_MS = 5_000;

/** What `ps` prints; empty when it fails, which it does when no process matches. */
export function runPs(args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile('ps', args, { timeout: PS_TIMEOUT_MS }, (error, stdout) => {
      resolve(error === null ? stdout : '');
    });
  });
}
