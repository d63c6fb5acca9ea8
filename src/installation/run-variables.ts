/** Whether a variable tells a command about its run, and so must not reach a daemon that is started from there. */
export function isRunVariable(name: string): boolean {
  return /^CARILLON_(?:RUN|ATTEMPT|TASK|IDEMPOTENCY|SCHEDULED|TOKEN)(?:_|$)/.test(name);
}
