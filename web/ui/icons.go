package ui

import (
	"embed"
	"path"
	"strings"
)

// The icons are from @navikt/aksel-icons (MIT, see icons/LICENSE), with class and aria-hidden added. They are part of the page, not files of their own,
// so that they take the colour of the words beside them.
//
//go:embed icons/*.svg
var iconFiles embed.FS

var icons = readIcons()

func readIcons() map[string]string {
	files, err := iconFiles.ReadDir("icons")
	if err != nil {
		panic("read built-in icons: " + err.Error()) // the compiler put them there
	}
	all := make(map[string]string, len(files))
	for _, f := range files {
		data, err := iconFiles.ReadFile(path.Join("icons", f.Name()))
		if err != nil {
			panic("read built-in icon: " + err.Error())
		}
		all[strings.TrimSuffix(f.Name(), ".svg")] = strings.TrimSpace(string(data))
	}
	return all
}
