import { daemonFiles } from '../installation/daemon-files.ts';
import { readToken } from '../installation/token.ts';
import { CliFailure } from './cli-failure.ts';
import { answer, type Context } from './context.ts';
import { EXIT } from './exit-codes.ts';

/** `carillon token`: for programs that call the HTTP door themselves. */
export function printToken(context: Context): void {
  const token = readToken(daemonFiles(context.places.dataFolder).token);
  if (token === undefined) {
    throw new CliFailure(
      EXIT.notFound,
      'not_found',
      `There is no token in ${context.places.dataFolder} yet.`,
      'The first start makes one: carillon up',
    );
  }
  answer(context, { token }, () => token);
}
