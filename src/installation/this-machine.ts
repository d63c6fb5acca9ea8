import { homedir } from 'node:os';
import type { Machine } from './places.ts';

/** The machine this process runs on, read once at the start of a command. */
export function thisMachine(): Machine {
  return {
    platform: process.platform,
    environment: process.env,
    home: homedir(),
    cwd: process.cwd(),
  };
}
