package store

import (
	"fmt"
	"strings"

	"luukku/store/schemalint"
)

// The registry of columns: what each holds, what a person gets of it, how long it is kept, and what becomes of it when a person is erased. A column
// without an entry fails the build (TestSchema).

// Directory is the closed list of tables whose keys do not begin with the organisation or the person, each with its reason.
var Directory = map[string]string{
	"installation":   "the one row that all organisations share",
	"setting":        "what the installation itself remembers, by name",
	"host":           "leads from a host name to an organisation that is not known yet",
	"secret":         "leads from a secret's hash to what it opens: who holds it does not know whose it is",
	"task":           "durable jobs, claimed by bucket across organisations",
	"feed":           "the change feed, numbered by node",
	"feed_node":      "the change feed's counters, one row a node",
	"outbox_message": "the demo's outbox, across organisations; empty wherever mail is really sent",
}

// lifetime says how long rows are kept and what erasing a person does to them.
type lifetime struct{ export, retention, erasure string }

var (
	configured = lifetime{"no: not about a person", "as long as it is configured", "none: not about a person"}
	machinery  = lifetime{"no: not about a person", "until it has served", "none: not about a person"}
	visit      = lifetime{"no: a booking not made", "24 hours at most", "goes with its row"}
	booked     = lifetime{"yes, with the appointment", "with the appointment", "kept: an organisation's own record"}
	personal   = lifetime{"yes, with the appointment", "with the appointment", "overwritten"}
	sealed     = lifetime{"yes, opened", "with the appointment", "the person's key is erased"}
	trail      = lifetime{"yes, as who did what when", "years, by the organisation's rule", "kept: nothing in it is personal"}
)

// columnsOf lists the tables. A column is clear unless it is marked: "!" encrypted, "#" hashed. A mark "~" takes the personal lifetime instead of the table's.
var columnsOf = []struct {
	table   string
	life    lifetime
	columns string
}{
	{"installation", configured, "id doc version created_at"},
	{"setting", configured, "name value"},
	{"organisation", configured, "org doc version created_at"},
	{"host", configured, "host org"},
	{"office_group", configured, "org id position doc"},
	{"office", configured, "org id position doc"},
	{"unit", configured, "org id office position doc"},
	{"category", configured, "org id position doc"},
	{"service", configured, "org id position doc"},
	{"offer", configured, "org service office"},
	{"policy", configured, "org service office version fields touches_existing created_at"},
	{"person", booked, "person !wrapped_key created_at erased_at"},
	{"occupancy", booked, "org unit cell holder expires_at"},
	{"hold", visit, "org id service office unit start_at end_at busy_until expires_at #session extended created_at"},
	{"draft", visit, "org id #session !data expires_at"},
	{"appointment", booked, "org id service office unit start_at end_at busy_until status person ~name ~email ~phone lang !note policy_version sequence " +
		"created_at changed_at cancelled_at cancelled_by !cancel_reason"},
	{"appointment_contact", booked, "org #contact appointment"},
	{"contact_lock", booked, "org #contact at"},
	{"form_key", visit, "org id kind #digest result expires_at"},
	{"secret", machinery, "#hash kind org subject expires_at created_at"},
	{"notice", booked, "org id event appointment person args created_at state settled_at"},
	{"delivery", booked, "org notice at_us channel outcome reference"},
	{"task", machinery, "bucket id kind uniq args run_at tries last_error dead_at created_at"},
	{"feed_node", machinery, "node seq"},
	{"feed", machinery, "node seq topic at"},
	{"audit", trail, "org id at_us actor_kind actor action subject_kind subject detail"},
	{"outbox_message", machinery, "id org event lang created_at message"},
}

// Columns is the registry, by table.column.
func Columns() map[string]schemalint.Column {
	out := map[string]schemalint.Column{}
	for _, t := range columnsOf {
		for _, name := range strings.Fields(t.columns) {
			life, content := t.life, schemalint.Clear
			switch name[0] {
			case '!':
				content = schemalint.Encrypted
				if t.table == "appointment" {
					life = sealed
				}
			case '#':
				content = schemalint.Hashed
			case '~':
				life = personal
			}
			column := fmt.Sprintf("%s.%s", t.table, strings.TrimLeft(name, "!#~"))
			out[column] = schemalint.Column{Content: content, Export: life.export, Retention: life.retention, Erasure: life.erasure}
		}
	}
	return out
}
