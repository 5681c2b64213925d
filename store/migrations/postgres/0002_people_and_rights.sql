-- +goose Up
-- People who sign in, whom they act for, staff with their roles and keys, devices, programs, sessions, and the log that shows tampering.

-- Whose an appointment is when its person had signed in, or a company's. made_by is who booked it, acting for another. They are NULL where there is nobody,
-- so that the indexes have what is somebody's alone: SQLite makes the plan of a query anew for each value when an index is of what is not ''.
ALTER TABLE appointment ADD COLUMN account TEXT;
ALTER TABLE appointment ADD COLUMN company TEXT;
ALTER TABLE appointment ADD COLUMN made_by TEXT;
CREATE INDEX appointment_account ON appointment (account, start_at) WHERE account IS NOT NULL;
CREATE INDEX appointment_company ON appointment (company, start_at) WHERE company IS NOT NULL;

-- A person who has signed in, or for whom somebody may act.
CREATE TABLE account (
    person              TEXT    NOT NULL PRIMARY KEY,
    name                TEXT    NOT NULL,
    given               TEXT    NOT NULL,
    family              TEXT    NOT NULL,
    birth               BYTEA,
    email               TEXT    NOT NULL,
    phone               TEXT    NOT NULL,
    lang                TEXT    NOT NULL,
    email_verified      BIGINT NOT NULL,
    phone_verified      BIGINT NOT NULL,
    protected           BIGINT NOT NULL,
    register_consent_at BIGINT NOT NULL,
    register_at         BIGINT NOT NULL,
    welcomed_at         BIGINT NOT NULL,
    created_at          BIGINT NOT NULL,
    changed_at          BIGINT NOT NULL
);
CREATE INDEX account_family ON account (family, given);
CREATE INDEX account_email ON account (email);

-- (issuer, subject) -> person. The subject is kept as a keyed hash. Directory table.
CREATE TABLE external_identity (
    issuer       TEXT    NOT NULL,
    subject      BYTEA    NOT NULL,
    person       TEXT    NOT NULL,
    provider     TEXT    NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX external_identity_person ON external_identity (person);

-- National identifiers: sealed under the person's key, found by keyed hash. Directory table.
CREATE TABLE identifier (
    kind        TEXT    NOT NULL,
    lookup      BYTEA    NOT NULL,
    person      TEXT    NOT NULL,
    value       BYTEA    NOT NULL,
    verified_by TEXT    NOT NULL,
    verified_at BIGINT NOT NULL,
    PRIMARY KEY (kind, lookup)
);
CREATE INDEX identifier_person ON identifier (person);

-- Who may act for a dependant: of the guardian, who is named by person.
CREATE TABLE guardianship (
    person      TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    dependant   TEXT    NOT NULL,
    source      TEXT    NOT NULL,
    from_date   TEXT    NOT NULL,
    until_date  TEXT    NOT NULL,
    org         TEXT    NOT NULL,
    recorded_by TEXT    NOT NULL,
    evidence    BYTEA,
    created_at  BIGINT NOT NULL,
    checked_at  BIGINT NOT NULL,
    revoked_at  BIGINT NOT NULL,
    revoked_by  TEXT    NOT NULL,
    PRIMARY KEY (person, id)
);
CREATE INDEX guardianship_dependant ON guardianship (dependant);

-- A company or an association, found by its public number. Directory table.
CREATE TABLE company (
    id            TEXT    NOT NULL PRIMARY KEY,
    business_id   TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    email         TEXT    NOT NULL,
    phone         TEXT    NOT NULL,
    lang          TEXT    NOT NULL,
    registered_at BIGINT NOT NULL,
    created_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX company_business_id ON company (business_id);

-- Who may act for a company.
CREATE TABLE mandate (
    person      TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    company     TEXT    NOT NULL,
    role        TEXT    NOT NULL,
    source      TEXT    NOT NULL,
    from_date   TEXT    NOT NULL,
    until_date  TEXT    NOT NULL,
    org         TEXT    NOT NULL,
    recorded_by TEXT    NOT NULL,
    evidence    BYTEA,
    created_at  BIGINT NOT NULL,
    checked_at  BIGINT NOT NULL,
    revoked_at  BIGINT NOT NULL,
    revoked_by  TEXT    NOT NULL,
    PRIMARY KEY (person, id)
);
CREATE INDEX mandate_company ON mandate (company);

-- Sign-ins that go on, of citizens and staff, by the hash of the cookie's secret. Directory table.
CREATE TABLE session (
    hash        BYTEA    NOT NULL PRIMARY KEY,
    of_kind     TEXT    NOT NULL,
    subject     TEXT    NOT NULL,
    provider    TEXT    NOT NULL,
    issuer      TEXT    NOT NULL,
    acr         TEXT    NOT NULL,
    amr         TEXT    NOT NULL,
    auth_at     BIGINT NOT NULL,
    level       BIGINT NOT NULL,
    sid         BYTEA,
    id_token    BYTEA,
    for_person  TEXT    NOT NULL,
    for_company TEXT    NOT NULL,
    agent       TEXT    NOT NULL,
    created_at  BIGINT NOT NULL,
    seen_at     BIGINT NOT NULL,
    ends_at     BIGINT NOT NULL
);
CREATE INDEX session_subject ON session (of_kind, subject);
CREATE INDEX session_sid ON session (sid) WHERE sid IS NOT NULL;
CREATE INDEX session_end ON session (ends_at);

-- A sign-in on its way: what was asked of the provider, sealed, by the hash of its state. Taken out once. Directory table.
CREATE TABLE sign_in (
    state      BYTEA    NOT NULL PRIMARY KEY,
    data       BYTEA    NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sign_in_expiry ON sign_in (expires_at);

-- Tokens that are good once, such as a provider's logout tokens, by hash, until they expire by themselves. Directory table.
CREATE TABLE used_token (
    hash       BYTEA    NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX used_token_expiry ON used_token (expires_at);

-- A code sent to an address or a number to prove it: six digits, as a keyed hash, with the tries left.
CREATE TABLE verification (
    person     TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    channel    TEXT    NOT NULL,
    address    BYTEA    NOT NULL,
    code       BYTEA    NOT NULL,
    tries      BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (person, id)
);
CREATE INDEX verification_expiry ON verification (expires_at);

-- Means to sign in: OpenID providers. org is empty for the installation's own.
CREATE TABLE provider (
    org      TEXT    NOT NULL,
    id       TEXT    NOT NULL,
    position BIGINT NOT NULL,
    enabled  BIGINT NOT NULL,
    doc      TEXT    NOT NULL,
    secret   BYTEA,
    PRIMARY KEY (org, id)
);

-- Our own keys for signing requests and opening encrypted ID tokens: private parts sealed. Directory table.
CREATE TABLE eid_key (
    id         TEXT    NOT NULL PRIMARY KEY,
    use_for    TEXT    NOT NULL,
    alg        TEXT    NOT NULL,
    private    BYTEA    NOT NULL,
    created_at BIGINT NOT NULL,
    retired_at BIGINT NOT NULL
);

-- Who works here. Directory table: one person of staff may work for several organisations.
CREATE TABLE staff (
    id            TEXT    NOT NULL PRIMARY KEY,
    email         TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    lang          TEXT    NOT NULL,
    state         TEXT    NOT NULL,
    handle        BYTEA    NOT NULL,
    password      BYTEA,
    totp          BYTEA,
    totp_step     BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    last_sign_in  BIGINT NOT NULL
);
CREATE UNIQUE INDEX staff_email ON staff (email);
CREATE UNIQUE INDEX staff_handle ON staff (handle);

-- Roles that staff have; org and office are empty where the role is wider.
CREATE TABLE staff_role (
    org        TEXT    NOT NULL,
    staff      TEXT    NOT NULL,
    office     TEXT    NOT NULL,
    role       TEXT    NOT NULL,
    granted_by TEXT    NOT NULL,
    granted_at BIGINT NOT NULL,
    PRIMARY KEY (org, staff, office, role)
);
CREATE INDEX staff_role_of ON staff_role (staff);

-- Passkeys (WebAuthn credentials), by the hash of the credential's id. Directory table.
CREATE TABLE passkey (
    hash         BYTEA    NOT NULL PRIMARY KEY,
    staff        TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    credential   TEXT    NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL
);
CREATE INDEX passkey_staff ON passkey (staff);

-- Recovery codes: each good once, as hashes. Directory table.
CREATE TABLE recovery_code (
    hash    BYTEA    NOT NULL PRIMARY KEY,
    staff   TEXT    NOT NULL,
    used_at BIGINT NOT NULL
);
CREATE INDEX recovery_code_staff ON recovery_code (staff);

-- (issuer, subject) -> staff, for the organisation's own OpenID provider. Directory table.
CREATE TABLE staff_identity (
    issuer     TEXT    NOT NULL,
    subject    BYTEA    NOT NULL,
    staff      TEXT    NOT NULL,
    provider   TEXT    NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX staff_identity_staff ON staff_identity (staff);

-- Invitations of staff: the link's secret is in the table of secrets.
CREATE TABLE invitation (
    org         TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    email       TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    office      TEXT    NOT NULL,
    role        TEXT    NOT NULL,
    lang        TEXT    NOT NULL,
    invited_by  TEXT    NOT NULL,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    accepted_at BIGINT NOT NULL,
    revoked_at  BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);

-- Kiosks and displays.
CREATE TABLE device (
    org         TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    office      TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    created_by  TEXT    NOT NULL,
    created_at  BIGINT NOT NULL,
    enrolled_at BIGINT NOT NULL,
    seen_at     BIGINT NOT NULL,
    revoked_at  BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);

-- Programs with an API key of their own: the key's hash is in the table of secrets.
CREATE TABLE client (
    org          TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    scopes       TEXT    NOT NULL,
    created_by   TEXT    NOT NULL,
    created_at   BIGINT NOT NULL,
    rotated_at   BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    revoked_at   BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);

-- A person's data read without the right to, for once, with a reason.
CREATE TABLE break_glass (
    org        TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    staff      TEXT    NOT NULL,
    person     TEXT    NOT NULL,
    created_at BIGINT NOT NULL,
    until_at   BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE INDEX break_glass_staff ON break_glass (staff, until_at);

-- Why somebody read a person's data, in their words: sealed under the person's key. It stands beside the line of the audit log.
CREATE TABLE audit_reason (
    org    TEXT NOT NULL,
    audit  TEXT NOT NULL,
    person TEXT NOT NULL,
    reason BYTEA NOT NULL,
    PRIMARY KEY (org, audit)
);

-- The log that shows tampering. A line's leaf is its place in the log; it has none until it is sealed, a moment after it was written. The tree's hashes lie
-- in tiles of 256. A head is the tree's root at a size, signed. Directory tables.
ALTER TABLE audit ADD COLUMN leaf BIGINT;
CREATE INDEX audit_leaf ON audit (leaf);
CREATE INDEX audit_person ON audit (subject, at_us) WHERE subject_kind = 'person';
CREATE TABLE audit_tile (
    level  BIGINT NOT NULL,
    n      BIGINT NOT NULL,
    hashes BYTEA    NOT NULL,
    PRIMARY KEY (level, n)
);
CREATE TABLE audit_head (
    size        BIGINT NOT NULL PRIMARY KEY,
    root        BYTEA    NOT NULL,
    at_us       BIGINT NOT NULL,
    key_version BIGINT NOT NULL,
    signature   BYTEA    NOT NULL
);
