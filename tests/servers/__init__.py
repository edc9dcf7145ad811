"""Database servers that tests start for themselves and that end with them."""

from tests.servers.throwaway import (
    ServerAddress,
    database_of,
    drop_databases,
    fresh_databases,
    mariadb_server,
    own_server,
)

__all__ = ["ServerAddress", "database_of", "drop_databases", "fresh_databases", "mariadb_server", "own_server"]
