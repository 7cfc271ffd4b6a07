/** What each metric is, as Prometheus shows it beside its name, and as docs/operating.md lists it. */
export const metricHelp = {
  corrigible_facts_total: 'Facts appended, by kind.',
  corrigible_stage_duration_seconds: 'Time a rejection stood in a stage until it came into the next, by both.',
  corrigible_rounds_total: 'Rounds of the agent that ended: with a candidate, or by the code of why not.',
  corrigible_candidates_total:
    'Candidates of rounds that make several side by side: those that were made, or by the code of why not.',
  corrigible_reflections_total: 'Refused attempts that a model looked back at, by whether what it said was used.',
  corrigible_attempt_rounds: 'Rounds of an attempt at a cleared spec, by how it ended: proposed or stopped.',
  corrigible_verdicts_total: 'Judgements, by what was judged (candidate, head, merge) and whether it was green.',
  corrigible_spent_seconds_total: 'Seconds spent, by what on: reading rejections, rounds of the agent, or judging.',
  corrigible_spent_tokens_total: 'Model tokens spent, by what on.',
  corrigible_spent_requests_total: 'Model requests spent, by what on.',
  corrigible_spent_money_total: 'What models cost, in the currency of the operator’s prices, by what on.',
  corrigible_advance_duration_seconds:
    'Looks at one rejection, by end: done, weather (tried again later), fenced (another worker has it), failed.',
  corrigible_run_duration_seconds: 'Rounds and judgements of one rejection, by end.',
  corrigible_operation_duration_seconds: 'Calls of the ports and boundaries of the engine, by point and end.',
  corrigible_deliveries_total: 'Webhooks stored, by event and whether they were new or known.',
  corrigible_github_calls_total:
    'Calls of GitHub’s API, by method, route, status (none: no answer) and whether they create content.',
  corrigible_github_remaining_calls: 'Calls that GitHub still allows an installation in this hour, as last told.',
  corrigible_suite_outputs_total:
    'Outputs of steps on inputs, by where they came from: memory, store (kept from before) or sandbox (run).',
  corrigible_database_up: 'Whether the database told the figures of the queues: 1, or 0 and they are left out.',
  corrigible_deliveries_undrained: 'Webhooks that were stored and not yet turned into work.',
  corrigible_deliveries_oldest_seconds: 'Age of the oldest such webhook.',
  corrigible_advances_owed: 'Rejections with something to look at.',
  corrigible_advances_oldest_seconds: 'How long the oldest of them waits.',
  corrigible_paused: '1 while the operator has everything paused.',
  corrigible_gates_shut: 'Installations held up by GitHub’s limits, and 1 for everything while GitHub is down.',
  corrigible_runs_queued: 'Rounds and judgements that wait for a worker.',
  corrigible_runs_running: 'Rounds and judgements at work, over all workers.',
  corrigible_workers: 'Workers whose heartbeat is fresh.',
} as const;
export type MetricName = keyof typeof metricHelp;
