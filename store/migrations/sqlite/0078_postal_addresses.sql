-- +goose Up
-- What each source says of where a person's post goes: the person, a means of signing in, the population register. The address is sealed under the person's key; there is none where a source says that it is
-- under a non-disclosure order.
CREATE TABLE postal_address (
    person TEXT NOT NULL REFERENCES person (person),
    source TEXT NOT NULL,
    provider TEXT NOT NULL,
    protected INTEGER NOT NULL,
    address BLOB,
    said_at INTEGER NOT NULL,
    PRIMARY KEY (person, source)
) STRICT;

-- Until now the register alone could say so.
INSERT INTO postal_address (person, source, provider, protected, address, said_at)
    SELECT person, 'register', '', 1, NULL, register_at FROM account WHERE protected = 1;
