// Package blueprints holds the configurations that Luukku brings along, each a file for domain/blueprint. It promises only their bytes: that they can be
// applied is proven by that package's tests and the store's.
package blueprints

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed *.toml
var files embed.FS

// Names returns the names of all blueprints, sorted.
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err) // the directory is part of the program
	}
	out := make([]string, 0, len(entries))
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), ".toml"))
	}
	return out
}

// Read returns the file of a name. It fails when there is none, and says which there are.
func Read(name string) ([]byte, error) {
	b, err := files.ReadFile(name + ".toml")
	if err != nil {
		return nil, fmt.Errorf("there is no blueprint %.60q; there are %s", name, strings.Join(Names(), ", "))
	}
	return b, nil
}
