"""What several pages let a person do: take a file out, bring one in, watch a job, weigh a change."""
