"""What the desk does by itself: schedules, trying again, breakers, dead letters, alerts, the timeline."""
