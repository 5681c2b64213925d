-- name: Installation :one
SELECT doc, version FROM installation WHERE id = 1;

-- name: PutInstallation :exec
INSERT INTO installation (id, doc, version, created_at) VALUES (1, @doc, @version, @created_at)
ON CONFLICT (id) DO UPDATE SET doc = excluded.doc, version = excluded.version;

-- name: InstallationVersion :one
SELECT version FROM installation WHERE id = 1;

-- name: Setting :one
SELECT value FROM setting WHERE name = @name;

-- name: PutSetting :exec
INSERT INTO setting (name, value) VALUES (@name, @value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: DropSetting :execrows
DELETE FROM setting WHERE name = @name;

-- name: Organisations :many
SELECT org, doc, version FROM organisation ORDER BY org;

-- name: Organisation :one
SELECT doc, version, help_at FROM organisation WHERE org = @org;

-- name: OrganisationVersion :one
SELECT version FROM organisation WHERE org = @org;

-- name: PutOrganisation :exec
INSERT INTO organisation (org, doc, version, created_at, help_at) VALUES (@org, @doc, @version, @created_at, @help_at)
ON CONFLICT (org) DO UPDATE SET doc = excluded.doc, version = excluded.version, help_at = CASE WHEN excluded.help_at > 0 THEN excluded.help_at ELSE organisation.help_at END;

-- name: Hosts :many
SELECT host, org FROM host ORDER BY host;

-- name: PutHost :exec
INSERT INTO host (host, org) VALUES (@host, @org)
ON CONFLICT (host) DO UPDATE SET org = excluded.org;

-- name: DropHosts :exec
DELETE FROM host WHERE org = @org;

-- name: OfficeGroups :many
SELECT id, doc FROM office_group WHERE org = @org ORDER BY position, id;

-- name: PutOfficeGroup :exec
INSERT INTO office_group (org, id, position, doc) VALUES (@org, @id, @position, @doc)
ON CONFLICT (org, id) DO UPDATE SET position = excluded.position, doc = excluded.doc;

-- name: DropOfficeGroup :exec
DELETE FROM office_group WHERE org = @org AND id = @id;

-- name: Inboxes :many
SELECT id, doc FROM inbox WHERE org = @org ORDER BY position, id;

-- name: PutInbox :exec
INSERT INTO inbox (org, id, position, doc) VALUES (@org, @id, @position, @doc)
ON CONFLICT (org, id) DO UPDATE SET position = excluded.position, doc = excluded.doc;

-- name: DropInbox :exec
DELETE FROM inbox WHERE org = @org AND id = @id;

-- name: Wordings :many
SELECT id, doc FROM wording WHERE org = @org ORDER BY position, id;

-- name: PutWording :exec
INSERT INTO wording (org, id, position, doc) VALUES (@org, @id, @position, @doc)
ON CONFLICT (org, id) DO UPDATE SET position = excluded.position, doc = excluded.doc;

-- name: DropWording :exec
DELETE FROM wording WHERE org = @org AND id = @id;

-- name: FormTexts :many
SELECT id, doc FROM form_text WHERE org = @org ORDER BY position, id;

-- name: PutFormText :exec
INSERT INTO form_text (org, id, position, doc) VALUES (@org, @id, @position, @doc)
ON CONFLICT (org, id) DO UPDATE SET position = excluded.position, doc = excluded.doc;

-- name: DropFormText :exec
DELETE FROM form_text WHERE org = @org AND id = @id;

-- name: Offices :many
SELECT id, doc FROM office WHERE org = @org ORDER BY position, id;

-- name: PutOffice :exec
INSERT INTO office (org, id, position, doc) VALUES (@org, @id, @position, @doc)
ON CONFLICT (org, id) DO UPDATE SET position = excluded.position, doc = excluded.doc;

-- name: DropOffice :exec
DELETE FROM office WHERE org = @org AND id = @id;

-- name: Units :many
SELECT id, office, doc FROM unit WHERE org = @org ORDER BY position, id;

-- name: PutUnit :exec
INSERT INTO unit (org, id, office, position, doc) VALUES (@org, @id, @office, @position, @doc)
ON CONFLICT (org, id) DO UPDATE SET office = excluded.office, position = excluded.position, doc = excluded.doc;

-- name: DropUnit :exec
DELETE FROM unit WHERE org = @org AND id = @id;

-- name: Categories :many
SELECT id, doc FROM category WHERE org = @org ORDER BY position, id;

-- name: PutCategory :exec
INSERT INTO category (org, id, position, doc) VALUES (@org, @id, @position, @doc)
ON CONFLICT (org, id) DO UPDATE SET position = excluded.position, doc = excluded.doc;

-- name: DropCategory :exec
DELETE FROM category WHERE org = @org AND id = @id;

-- name: Services :many
SELECT id, doc FROM service WHERE org = @org ORDER BY position, id;

-- name: PutService :exec
INSERT INTO service (org, id, position, doc) VALUES (@org, @id, @position, @doc)
ON CONFLICT (org, id) DO UPDATE SET position = excluded.position, doc = excluded.doc;

-- name: DropService :exec
DELETE FROM service WHERE org = @org AND id = @id;

-- name: Offers :many
SELECT service, office FROM offer WHERE org = @org ORDER BY service, office;

-- name: PutOffer :exec
INSERT INTO offer (org, service, office) VALUES (@org, @service, @office)
ON CONFLICT (org, service, office) DO NOTHING;

-- name: DropOffer :exec
DELETE FROM offer WHERE org = @org AND service = @service AND office = @office;

-- name: Policies :many
SELECT org, service, office, version, fields, touches_existing FROM policy
WHERE org = @org OR org = '' ORDER BY org, service, office, version;

-- name: AddPolicy :exec
INSERT INTO policy (org, service, office, version, fields, touches_existing, created_at)
VALUES (@org, @service, @office, @version, @fields, @touches_existing, @created_at)
ON CONFLICT (org, service, office, version) DO UPDATE SET fields = excluded.fields, touches_existing = excluded.touches_existing;

-- name: LockInstallation :many
SELECT version FROM installation WHERE id = 1 FOR UPDATE;

-- name: LockOrganisations :many
SELECT org FROM organisation ORDER BY org FOR UPDATE;

-- name: OrganisationVersions :many
SELECT org, version FROM organisation ORDER BY org;

-- name: LiveAppointments :many
SELECT unit, service, count(*) AS n FROM appointment
WHERE org = @org AND office = @office AND start_at > @since AND status = 'booked' AND end_at > @now
GROUP BY unit, service ORDER BY unit, service;

-- name: ConfigDraft :one
SELECT base, doc, version, created_at, changed_at, changed_by FROM config_draft WHERE org = @org;

-- name: PutConfigDraft :exec
INSERT INTO config_draft (org, base, doc, version, created_at, changed_at, changed_by)
VALUES (@org, @base, @doc, @version, @created_at, @changed_at, @changed_by)
ON CONFLICT (org) DO UPDATE SET base = excluded.base, doc = excluded.doc, version = excluded.version, changed_at = excluded.changed_at,
  changed_by = excluded.changed_by;

-- name: DropConfigDraft :exec
DELETE FROM config_draft WHERE org = @org;
