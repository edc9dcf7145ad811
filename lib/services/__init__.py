"""The verbs of the desk, a room for each part of the road.

Each takes a unit of work, and with it the person who asks; none imports another.
"""
