"""The demo workspace: a labelled client with a year of deliveries invented from a seed, and every trap that real ones set."""

from lib.demo.deliveries import DemoAccount, DemoDelivery, DemoWorkspace
from lib.demo.rhythm import TIMEZONE
from lib.demo.workspace import CLIENT_KEY, SEED, demo_workspace

__all__ = ["CLIENT_KEY", "SEED", "TIMEZONE", "DemoAccount", "DemoDelivery", "DemoWorkspace", "demo_workspace"]
