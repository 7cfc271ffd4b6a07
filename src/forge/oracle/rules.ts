/**
 * Rules that GitHub states in prose and its description for Octokit leaves out. For check runs: "Providing conclusion
 * will automatically set the status parameter to completed", and a completed run needs a conclusion.
 */
export function checkRules(operation: string, body: unknown): string[] {
  if (operation !== 'checks/create' && operation !== 'checks/update') return [];
  const { status, conclusion } = (body ?? {}) as { status?: string; conclusion?: string };
  if (status === 'completed' && conclusion === undefined) return ['body: status completed needs a conclusion'];
  if (conclusion !== undefined && status !== undefined && status !== 'completed') {
    return [`body: a conclusion goes with status completed, not ${status}`];
  }
  return [];
}
