"""What the desk does by itself: jobs, schedules, breakers, dead letters, tasks, purging, its own health."""
