"""Database servers that tests start for themselves and that end with them."""

from tests.servers.throwaway import ServerAddress, drop_databases, fresh_databases, mariadb_server, own_server

__all__ = ["ServerAddress", "drop_databases", "fresh_databases", "mariadb_server", "own_server"]
