"""What an account and the desk are told to do: settings, their versions, the database, how long payloads stay."""
