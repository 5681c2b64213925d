-- name: PutStaff :execrows
INSERT INTO staff (id, email, name, lang, state, handle, password, totp, totp_step, created_at, last_sign_in)
VALUES (@id, @email, @name, @lang, @state, @handle, @password, @totp, 0, @created_at, 0) ON CONFLICT DO NOTHING;

-- name: LockStaff :execrows
UPDATE staff SET state = state WHERE id = @id;

-- name: StaffByID :one
SELECT id, email, name, lang, state, handle, password, totp, totp_step, created_at, last_sign_in, function_keys FROM staff WHERE id = @id;

-- name: StaffByEmail :one
SELECT id, email, name, lang, state, handle, password, totp, totp_step, created_at, last_sign_in, function_keys FROM staff WHERE email = @email;

-- name: StaffByHandle :one
SELECT id, email, name, lang, state, handle, password, totp, totp_step, created_at, last_sign_in, function_keys FROM staff WHERE handle = @handle;

-- name: AllStaff :many
SELECT id, email, name, lang, state, handle, password, totp, totp_step, created_at, last_sign_in, function_keys FROM staff ORDER BY id;

-- name: StaffOfOrg :many
SELECT DISTINCT s.id, s.email, s.name, s.lang, s.state, s.handle, s.password, s.totp, s.totp_step, s.created_at, s.last_sign_in, s.function_keys
FROM staff_role r JOIN staff s ON s.id = r.staff WHERE r.org = @org ORDER BY s.id;

-- name: SetStaffPassword :exec
UPDATE staff SET password = @password WHERE id = @id;

-- name: SetStaffMeans :exec
UPDATE staff SET password = @password, totp = @totp, totp_step = @totp_step WHERE id = @id;

-- name: SetStaffState :exec
UPDATE staff SET state = @state WHERE id = @id;

-- name: SetStaffDetails :exec
UPDATE staff SET name = @name, lang = @lang WHERE id = @id;

-- name: SetFunctionKeys :exec
UPDATE staff SET function_keys = @function_keys WHERE id = @id;

-- name: SetLastSignIn :exec
UPDATE staff SET last_sign_in = @last_sign_in WHERE id = @id;

-- name: UseTOTPStep :execrows
UPDATE staff SET totp_step = @step WHERE id = @id AND totp_step < @step;

-- name: PutStaffRole :execrows
INSERT INTO staff_role (org, staff, office, role, granted_by, granted_at) VALUES (@org, @staff, @office, @role, @granted_by, @granted_at) ON CONFLICT DO NOTHING;

-- name: DropStaffRole :execrows
DELETE FROM staff_role WHERE org = @org AND staff = @staff AND office = @office AND role = @role;

-- name: StaffRoles :many
SELECT org, staff, office, role, granted_by, granted_at FROM staff_role WHERE staff = @staff;

-- name: ActiveStaffRoles :many
SELECT r.staff, r.office, r.role, s.name FROM staff_role r JOIN staff s ON s.id = r.staff WHERE r.org = @org AND s.state = 'active' ORDER BY r.staff;

-- name: LockSystemAdmins :exec
UPDATE staff_role SET granted_at = granted_at WHERE org = '' AND role = 'system_admin';

-- name: SystemAdmins :one
SELECT count(*) FROM staff_role r JOIN staff s ON s.id = r.staff WHERE r.org = '' AND r.role = 'system_admin' AND s.state = 'active' AND s.id <> @but;

-- name: PutPasskey :execrows
INSERT INTO passkey (hash, staff, name, credential, created_at, last_used_at) VALUES (@hash, @staff, @name, @credential, @created_at, 0) ON CONFLICT DO NOTHING;

-- name: PasskeysOf :many
SELECT hash, staff, name, credential, created_at, last_used_at FROM passkey WHERE staff = @staff ORDER BY created_at, hash;

-- name: UsedPasskey :exec
UPDATE passkey SET credential = @credential, last_used_at = @last_used_at WHERE hash = @hash AND staff = @staff;

-- name: NamePasskey :execrows
UPDATE passkey SET name = @name WHERE hash = @hash AND staff = @staff;

-- name: DropPasskey :execrows
DELETE FROM passkey WHERE hash = @hash AND staff = @staff;

-- name: DropPasskeys :execrows
DELETE FROM passkey WHERE staff = @staff;

-- name: PutRecoveryCode :exec
INSERT INTO recovery_code (hash, staff, used_at) VALUES (@hash, @staff, 0);

-- name: UseRecoveryCode :execrows
UPDATE recovery_code SET used_at = @used_at WHERE hash = @hash AND staff = @staff AND used_at = 0;

-- name: DropRecoveryCodes :exec
DELETE FROM recovery_code WHERE staff = @staff;

-- name: RecoveryCodesLeft :one
SELECT count(*) FROM recovery_code WHERE staff = @staff AND used_at = 0;

-- name: StaffOfIdentity :one
SELECT staff FROM staff_identity WHERE issuer = @issuer AND subject = @subject;

-- name: PutStaffIdentity :execrows
INSERT INTO staff_identity (issuer, subject, staff, provider, created_at) VALUES (@issuer, @subject, @staff, @provider, @created_at) ON CONFLICT DO NOTHING;

-- name: StaffIdentities :one
SELECT count(*) FROM staff_identity WHERE staff = @staff;

-- name: PutInvitation :exec
INSERT INTO invitation (org, id, email, name, office, role, lang, invited_by, created_at, expires_at, accepted_at, revoked_at)
VALUES (@org, @id, @email, @name, @office, @role, @lang, @invited_by, @created_at, @expires_at, 0, 0);

-- name: Invitation :one
SELECT org, id, email, name, office, role, lang, invited_by, created_at, expires_at, accepted_at, revoked_at FROM invitation WHERE org = @org AND id = @id;

-- name: InvitationsOf :many
SELECT org, id, email, name, office, role, lang, invited_by, created_at, expires_at, accepted_at, revoked_at FROM invitation WHERE org = @org ORDER BY id DESC LIMIT @most;

-- name: AcceptInvitation :execrows
UPDATE invitation SET accepted_at = @now WHERE org = @org AND id = @id AND accepted_at = 0 AND revoked_at = 0 AND expires_at >= @now;

-- name: RevokeInvitation :execrows
UPDATE invitation SET revoked_at = @now WHERE org = @org AND id = @id AND accepted_at = 0 AND revoked_at = 0;

-- name: ExtendInvitation :execrows
UPDATE invitation SET expires_at = @expires_at WHERE org = @org AND id = @id AND accepted_at = 0 AND revoked_at = 0;

-- name: TakeSecret :execrows
DELETE FROM secret WHERE hash = @hash AND kind = @kind;

-- name: DropSecretsOf :exec
DELETE FROM secret WHERE org = @org AND subject = @subject AND kind = @kind;

-- name: ShortenSecretsOf :exec
UPDATE secret SET expires_at = @expires_at WHERE org = @org AND subject = @subject AND kind = @kind AND expires_at > @expires_at;

-- name: PutDevice :exec
INSERT INTO device (org, id, kind, office, name, created_by, created_at, enrolled_at, seen_at, revoked_at)
VALUES (@org, @id, @kind, @office, @name, @created_by, @created_at, 0, 0, 0);

-- name: Device :one
SELECT org, id, kind, office, name, created_by, created_at, enrolled_at, seen_at, revoked_at, settings FROM device WHERE org = @org AND id = @id;

-- name: DevicesOf :many
SELECT org, id, kind, office, name, created_by, created_at, enrolled_at, seen_at, revoked_at, settings FROM device WHERE org = @org ORDER BY id;

-- name: EnrolDevice :execrows
UPDATE device SET enrolled_at = @now, seen_at = @now WHERE org = @org AND id = @id AND revoked_at = 0;

-- name: SeenDevice :exec
UPDATE device SET seen_at = @now WHERE org = @org AND id = @id AND seen_at < @now;

-- name: SetDevice :execrows
UPDATE device SET settings = @settings WHERE org = @org AND id = @id AND revoked_at = 0;

-- name: RevokeDevice :execrows
UPDATE device SET revoked_at = @now WHERE org = @org AND id = @id AND revoked_at = 0;

-- name: PutClient :exec
INSERT INTO client (org, id, name, scopes, created_by, created_at, rotated_at, last_used_at, expires_at, revoked_at, offices, inboxes, forms)
VALUES (@org, @id, @name, @scopes, @created_by, @created_at, 0, 0, @expires_at, 0, @offices, @inboxes, @forms);

-- name: Client :one
SELECT org, id, name, scopes, created_by, created_at, rotated_at, last_used_at, expires_at, revoked_at, offices, inboxes, forms FROM client WHERE org = @org AND id = @id;

-- name: ClientsOf :many
SELECT org, id, name, scopes, created_by, created_at, rotated_at, last_used_at, expires_at, revoked_at, offices, inboxes, forms FROM client WHERE org = @org ORDER BY id;

-- name: RotateClient :execrows
UPDATE client SET rotated_at = @now WHERE org = @org AND id = @id AND revoked_at = 0;

-- name: LimitClient :execrows
UPDATE client SET offices = @offices, inboxes = @inboxes, forms = @forms
WHERE org = @org AND id = @id AND revoked_at = 0 AND offices = @was_offices AND inboxes = @was_inboxes AND forms = @was_forms;

-- name: UsedClient :exec
UPDATE client SET last_used_at = @now WHERE org = @org AND id = @id AND last_used_at < @now;

-- name: RevokeClient :execrows
UPDATE client SET revoked_at = @now WHERE org = @org AND id = @id AND revoked_at = 0;

-- name: BreakGlass :exec
INSERT INTO break_glass (org, id, staff, person, created_at, until_at) VALUES (@org, @id, @staff, @person, @created_at, @until_at);

-- name: GlassOf :many
SELECT person FROM break_glass WHERE staff = @staff AND until_at >= @now;

-- name: SetStaffHandle :exec
UPDATE staff SET handle = @handle WHERE id = @id;
