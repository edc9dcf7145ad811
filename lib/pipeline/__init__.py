"""The order of the steps: receive → read → map → validate → classify → stage → review → commit → roll up.

The only room that knows what follows what; each step is a service, and services never import each other.
"""
