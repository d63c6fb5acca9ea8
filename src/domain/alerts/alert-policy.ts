/** What a person may be told of: a closed list, so that rules can be written against it. */
export const ALERT_KINDS = ['failure', 'recovery', 'missed', 'finding', 'budget'] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** What is sent to a person beside what the inbox keeps anyway. */
export type AlertPolicy = {
  readonly on: readonly AlertKind[];
  /** Names of channels in the order in which they are tried; the configured order when empty. */
  readonly channels: readonly string[];
};
