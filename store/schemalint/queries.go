package schemalint

import (
	"context"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"luukku/store/sqldb"
)

// statement is one statement of a file, with literals emptied and comments blanked.
type statement struct {
	file   string
	tokens []token
	text   string // as written
}

type token struct {
	text string // lower case
	line int
}

// LintQueries reads every .sql file of a folder and returns what must not stand in a query, as "file:line: sentence". An error means that it could
// not read.
func LintQueries(queries fs.FS) ([]string, error) {
	all, err := statements(queries)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, s := range all {
		found = append(found, lintStatement(s)...)
	}
	return found, nil
}

// PrepareQueries has a migrated SQLite database compile every statement of a folder, since sqlc checks them against PostgreSQL alone.
func PrepareQueries(ctx context.Context, db *sqldb.DB, queries fs.FS) ([]string, error) {
	all, err := statements(queries)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, s := range all {
		stmt, err := db.Reader().PrepareContext(ctx, sqlcParam.ReplaceAllString(s.text, "@$1"))
		if err != nil {
			found = append(found, fmt.Sprintf("%s:%d: %s does not compile it: %v", s.file, s.tokens[0].line, db.Engine(), err))
			continue
		}
		if err := stmt.Close(); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// sqlcParam is a parameter in sqlc's long form: sqlc.narg('note').
var sqlcParam = regexp.MustCompile(`sqlc\.n?arg\s*\(\s*'?(\w+)'?\s*\)`)

// inGo says why a word is refused.
const inGo = "that stays in Go"

// Words that no query has, with or without parentheses after them.
var badWords = map[string]string{
	"current_timestamp": inGo, "current_time": inGo, "current_date": inGo, "localtime": inGo, "localtimestamp": inGo, "interval": inGo,
	"ilike": "fold case in Go", "similar": "match patterns in Go", "glob": "match patterns in Go", "regexp": "match patterns in Go",
	"array": "no arrays: sqldb.In makes a list", "rowid": "only one engine has it", "ctid": "only one engine has it",
	"greatest": "only one engine has it", "least": "only one engine has it", "truncate": "only one engine has it",
	"timestamptz": "times are BIGINT", "timestamp": "times are BIGINT", "jsonb": "JSON stays in Go",
}

// Functions that no query calls; a column may have such a name.
var badCalls = map[string]string{
	"now": inGo, "clock_timestamp": inGo, "statement_timestamp": inGo, "transaction_timestamp": inGo, "to_timestamp": inGo, "date_trunc": inGo,
	"date_part": inGo, "extract": inGo, "age": inGo, "date": inGo, "time": inGo, "datetime": inGo, "julianday": inGo, "unixepoch": inGo,
	"strftime": inGo, "timediff": inGo, "lower": "fold case in Go", "upper": "fold case in Go", "random": inGo, "gen_random_uuid": inGo,
	"randomblob": inGo, "nextval": "ids are made in Go", "setval": "ids are made in Go", "any": "no arrays: sqldb.In makes a list",
	"unnest": "no arrays: sqldb.Rows makes rows", "array_agg": "no arrays", "string_agg": "put texts together in Go",
	"group_concat": "put texts together in Go", "to_json": "JSON stays in Go", "to_jsonb": "JSON stays in Go", "row_to_json": "JSON stays in Go",
}

// Beginnings of functions that no query calls.
var badPrefixes = map[string]string{
	"pg_": "no advisory locks and nothing else of one engine", "json_": "JSON stays in Go", "jsonb_": "JSON stays in Go",
	"sqlite_": "only one engine has it", "regexp_": "match patterns in Go",
}

// Operators of one engine.
var badOperators = map[string]string{
	"->": "JSON stays in Go", "->>": "JSON stays in Go", "#>": "JSON stays in Go", "#>>": "JSON stays in Go", "@>": "JSON stays in Go",
	"<@": "JSON stays in Go", "?|": "JSON stays in Go", "?&": "JSON stays in Go", "@?": "JSON stays in Go", "@@": "search has a method of its own",
	"~": "match patterns in Go", "~*": "match patterns in Go", "!~": "match patterns in Go", "!~*": "match patterns in Go",
	"::": "write CAST (x AS type)", "[": "no arrays", "]": "no arrays",
}

func lintStatement(s statement) (found []string) {
	at := func(i int) string {
		if i < 0 || i >= len(s.tokens) {
			return ""
		}
		return s.tokens[i].text
	}
	for i, tok := range s.tokens {
		say := func(what, why string) {
			found = append(found, fmt.Sprintf("%s:%d: %s: %s", s.file, tok.line, what, why))
		}
		word, next := tok.text, at(i+1)
		if why := badWords[word]; why != "" && at(i-1) != "." {
			say(strings.ToUpper(word), why)
		}
		if why := badOperators[word]; why != "" {
			say(word, why)
		}
		if next == "(" {
			if why := badCalls[word]; why != "" {
				say(word+"()", why)
			}
			for prefix, why := range badPrefixes {
				if strings.HasPrefix(word, prefix) {
					say(word+"()", why)
				}
			}
		}
		switch {
		case word == "distinct" && next == "on":
			say("DISTINCT ON", "only one engine has it")
		case word == "*" && slices.Contains([]string{"select", "distinct", "all", "returning", ",", "."}, at(i-1)):
			say(strings.ToUpper(at(i-1))+" *", "name the columns")
		case word == "(" && (at(i-1) == "as" || at(i-1) == "materialized") && slices.Contains([]string{"insert", "update", "delete"}, next):
			say("WITH ... "+strings.ToUpper(next), "only one engine writes in a WITH")
		case word == "like" && !likeEscapes(s.tokens[i:]):
			say("LIKE", "add ESCAPE: without it the engines differ on the backslash")
		case word == "as" && (next == "bytea" || next == "boolean") && at(i+2) == ")":
			say("CAST ... AS "+strings.ToUpper(next), "SQLite makes a number of it")
		}
	}
	return found
}

// likeEscapes says that an ESCAPE follows the pattern of a LIKE, within the same condition.
func likeEscapes(tokens []token) bool {
	depth := 0
	for _, tok := range tokens[1:] {
		switch tok.text {
		case "escape":
			return true
		case "(":
			depth++
		case ")":
			depth--
		case "and", "or", "order", "limit", "group", ";", "like", "then":
			return false
		}
		if depth < 0 {
			return false
		}
	}
	return false
}

// statements reads the .sql files of a folder, in order.
func statements(queries fs.FS) ([]statement, error) {
	files, err := fs.Glob(queries, "*.sql")
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("lint queries: the folder has no .sql files")
	}
	var all []statement
	for _, file := range files {
		b, err := fs.ReadFile(queries, file)
		if err != nil {
			return nil, fmt.Errorf("lint queries: %w", err)
		}
		all = append(all, split(file, string(b))...)
	}
	return all, nil
}

// tokenPattern knows comments, literals, quoted names, parameters, words, numbers and operators; a statement's end is an operator.
var tokenPattern = regexp.MustCompile(`(?s)--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|"(?:[^"]|"")*"|[@$:]\w+|\w+|::|[-+*/<>=~!@#%^&|?]+|\S`)

// operatorParts are operators that stand together with a sign or a comment and are still two.
var operatorParts = regexp.MustCompile(`^(.*[^-+])[-+]+$`)

func split(file, text string) (all []statement) {
	var tokens []token
	start, line, counted := 0, 1, 0
	end := func(stop int) {
		if len(tokens) > 0 {
			all = append(all, statement{file, tokens, text[start:stop]})
		}
		tokens, start = nil, stop
	}
	for _, at := range tokenPattern.FindAllStringIndex(text, -1) {
		line += strings.Count(text[counted:at[0]], "\n")
		counted = at[0]
		word := text[at[0]:at[1]]
		switch {
		case strings.HasPrefix(word, "--"), strings.HasPrefix(word, "/*"):
			continue
		case word == ";":
			end(at[1])
			continue
		case word[0] == '\'':
			word = "''"
		}
		if parts := operatorParts.FindStringSubmatch(word); parts != nil { // "<-1" is "<" and "-1"
			word = parts[1]
		}
		tokens = append(tokens, token{strings.ToLower(word), line})
	}
	end(len(text))
	return all
}
