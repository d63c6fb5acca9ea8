import { z } from 'zod';
import { parseArguments } from '../api/parse-arguments.ts';
import { bodyObject } from './body-object.ts';
import type { HttpApp } from './http-context.ts';
import type { HttpDeps } from './http-deps.ts';

const backupInput = z.strictObject({ output: z.boolean().default(true) });

/** A copy of the data as a file: it stands beside the table of routes, whose answers are JSON. */
export function mountBackup(app: HttpApp, { servicesFor }: Pick<HttpDeps, 'servicesFor'>): void {
  app.post('/api/v1/backup', async (c) => {
    const { output } = parseArguments(backupInput, bodyObject(c));
    const copy = await servicesFor(c.get('principal')).makeBackup({ withoutOutput: !output });
    return new Response(copy.content, {
      headers: {
        'content-type': 'application/vnd.sqlite3',
        'content-length': String(copy.bytes),
        'content-disposition': `attachment; filename="${copy.name}"`,
        'cache-control': 'no-store',
      },
    });
  });
}
