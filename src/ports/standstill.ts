/** Since when, by whose word and why nothing starts. */
export type Standstill = {
  readonly at: Temporal.Instant;
  readonly by: string;
  readonly reason: string | undefined;
};

/** The switch that holds everything, over restarts, until somebody resumes. While it is on, no run is taken. */
export type StandstillSwitch = {
  get(): Promise<Standstill | undefined>;
  /** Stays as it was when it is on already. */
  begin(standstill: Standstill): Promise<void>;
  /** @returns whether it was on. */
  end(at: Temporal.Instant): Promise<boolean>;
};
