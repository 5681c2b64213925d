package browser

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

//go:embed htmlvalidate.json
var htmlRules []byte

// Finding is a fault html-validate sees in a page's source.
type Finding struct {
	Rule    string `json:"ruleId"`
	Message string `json:"message"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Element string `json:"selector"`
}

// String tells place, rule and fault.
func (f Finding) String() string {
	return fmt.Sprintf("%d:%d %s: %s [%s]", f.Line, f.Column, f.Rule, f.Message, f.Element)
}

// HTMLValidate runs html-validate once over all pages, given by name, with the rules of htmlvalidate.json, and returns the findings by name; pages without
// a fault have no entry. It needs Node and no browser.
func HTMLValidate(tb testing.TB, pages map[string]string) map[string][]Finding {
	tb.Helper()
	program := filepath.Join(modules(tb), "html-validate", "bin", "html-validate.mjs")
	if _, err := os.Stat(program); err != nil {
		tb.Fatalf("browser: the page checkers are not installed, run make e2e-deps: %v", err)
	}
	dir := tb.TempDir()
	names := map[string]string{}
	config := filepath.Join(dir, "rules.json")
	files := map[string][]byte{config: htmlRules}
	args := []string{program, "--config", config, "--formatter", "json"}
	for i, name := range slices.Sorted(maps.Keys(pages)) {
		path := filepath.Join(dir, fmt.Sprintf("%04d.html", i))
		names[path], files[path] = name, []byte(pages[name])
		args = append(args, path)
	}
	for path, data := range files {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			tb.Fatalf("browser: html-validate: %v", err)
		}
	}
	if len(pages) == 0 {
		return nil
	}
	cmd := exec.CommandContext(tb.Context(), "node", args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	// Its answer goes to a file: Node leaves before a pipe has taken more than 64 KB.
	answer, err := os.Create(filepath.Join(dir, "answer.json"))
	if err != nil {
		tb.Fatalf("browser: html-validate: %v", err)
	}
	cmd.Stdout = answer
	err = errors.Join(cmd.Run(), answer.Close())
	out, readErr := os.ReadFile(answer.Name())
	if readErr != nil {
		tb.Fatalf("browser: html-validate: %v", readErr)
	}
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		tb.Fatalf("browser: html-validate: %v", err)
	}
	var results []struct {
		FilePath string    `json:"filePath"`
		Messages []Finding `json:"messages"`
	}
	if jsonErr := json.Unmarshal(out, &results); jsonErr != nil {
		tb.Fatalf("browser: html-validate: %v (%v)\n%s%s", err, jsonErr, out, stderr.Bytes())
	}
	found := map[string][]Finding{}
	for _, r := range results {
		name, known := names[r.FilePath]
		if !known {
			tb.Fatalf("browser: html-validate speaks of %s, which it was not given", r.FilePath)
		}
		if len(r.Messages) > 0 {
			found[name] = append(found[name], r.Messages...)
		}
	}
	if err != nil && len(found) == 0 {
		tb.Fatalf("browser: html-validate failed without a finding: %v\n%s", err, stderr.Bytes())
	}
	return found
}
