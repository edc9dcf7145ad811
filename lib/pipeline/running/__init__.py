"""What the worker does and when: turns, schedules, retention, tasks, alerts."""
