import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { expect, it } from 'vitest';
import { MAIN, removeFolder, startDaemon, temporaryFolder } from '../support/real-daemon.ts';

const PROMPT = `Summarise "today" $(touch owned)\nin 中文`;

it.skipIf(process.platform === 'win32')(
  'an AI task of the older scheduler asks the command line of Amazon Q that is installed',
  async () => {
    const folder = temporaryFolder();
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    const program = join(bin, 'kiro-cli');
    writeFileSync(program, '#!/bin/sh\necho "$*" > asked\ncat > said\necho "It rains."\n');
    chmodSync(program, 0o755);
    const daemon = await startDaemon(join(folder, 'data'), {
      PATH: `${bin}:/usr/bin:/bin`,
      HOME: folder,
    });
    const client = new Client({ name: 'test-assistant', version: '1.0' });
    try {
      await client.connect(
        new StdioClientTransport({
          command: process.execPath,
          args: [MAIN, 'as', 'mcp-scheduler'],
          env: {
            PATH: process.env['PATH'] ?? '',
            HOME: folder,
            CARILLON_DATA: join(folder, 'data'),
            MCP_SCHEDULER_USE_AWS_Q_MODEL: 'true',
          },
          cwd: folder,
        }),
      );
      const ask = async (name: string, given: Readonly<Record<string, unknown>>) => {
        const { structuredContent } = await client.callTool({ name, arguments: given });
        return structuredContent as Readonly<Record<string, unknown>>;
      };
      const task = await ask('add_ai_task', {
        name: 'weather',
        schedule: '0 9 * * *',
        prompt: PROMPT,
      });
      expect(task).toMatchObject({ type: 'ai', prompt: PROMPT });
      const { result } = await ask('run_task_now', { task_id: task['id'] });
      expect(result).toMatchObject({
        // It was to be done once, and it is done.
        do_only_once: true,
        enabled: false,
        status: 'disabled',
        execution: { status: 'completed', output: 'It rains.', error: null },
      });
      expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe('chat --no-interactive\n');
      expect(readFileSync(join(folder, 'said'), 'utf8')).toBe(PROMPT);
    } finally {
      await client.close();
      await daemon.kill('SIGKILL');
      removeFolder(folder);
    }
  },
);
