import type { TaskDefinition } from '../domain/task.ts';
import type { ServicePorts } from './services.ts';

/** The configuration may name a channel later, so one that is not there is no reason to refuse the task. */
export function channelWarnings(
  { channels }: ServicePorts,
  { action, policies }: TaskDefinition,
): readonly string[] {
  if (channels === undefined) return [];
  const known = channels.list().map(({ name }) => name);
  const wanted = [
    ...(action.kind === 'reminder' ? action.channels : []),
    ...(policies.alerts?.channels ?? []),
  ];
  return [...new Set(wanted)]
    .filter((name) => !known.includes(name))
    .map(
      (name) =>
        `There is no channel ${JSON.stringify(name)} yet; nothing is told through it. The channels are: ${known.join(', ')}.`,
    );
}
